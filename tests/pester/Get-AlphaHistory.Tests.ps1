Describe 'Get-AlphaHistory' {
    BeforeAll {
        . (Join-Path $PSScriptRoot 'common.ps1')
        1..2 | ForEach-Object { Register-Alpha mom } | Out-Null
        Register-Alpha carry | Out-Null
        Set-Alpha mom -Stage Candidate -Reason 'looks good'
        Unregister-Alpha carry -Reason 'a duplicate' -Confirm:$false
    }

    It 'tells everything, the newest first' {
        (Get-AlphaHistory).ForEach({ "$($_.Action) $($_.Name) $($_.Version)" }) |
            Should -Be 'unregister carry 1', 'set mom 2', 'register carry 1', 'register mom 2', 'register mom 1'
    }

    It 'tells <Scenario>' -TestCases @(
        @{ Scenario = 'of a name without case'; Arguments = @{ Name = 'MOM' }; Count = 3 }
        @{ Scenario = 'of names that match'; Arguments = @{ Name = 'c*', 'nosuch*' }; Count = 2 }
        @{ Scenario = 'of a version'; Arguments = @{ Name = 'mom'; Version = 1 }; Count = 1 }
        @{ Scenario = 'of what is removed'; Arguments = @{ Name = 'carry' }; Count = 2 }
        @{ Scenario = 'since a day'; Arguments = @{ Since = [datetime]::UtcNow.AddDays(1).ToString('yyyy-MM-dd') }; Count = 0 }
        @{ Scenario = 'until a day, all of it'; Arguments = @{ Until = [datetime]::UtcNow.ToString('yyyy-MM-dd') }; Count = 5 }
        @{ Scenario = 'a page'; Arguments = @{ First = 2; Skip = 1 }; Count = 2 }
    ) {
        @(Get-AlphaHistory @Arguments).Count | Should -Be $Count
    }

    It 'takes alphas from the pipeline' {
        (Get-Alpha mom -Latest | Get-AlphaHistory).Action | Should -Be 'set', 'register'
    }

    It 'says what there never was and goes on' {
        $entries = 'nosuch', 'carry' | Get-AlphaHistory -ErrorAction SilentlyContinue -ErrorVariable errors

        $entries.Count | Should -Be 2
        $errors.FullyQualifiedErrorId | Should -Be 'AlphaNotFound,AlphaFactory.Cmdlets.Commands.GetAlphaHistoryCommand'
        Get-AlphaExitCode $errors[0] | Should -Be 5
    }

    It 'shows what was changed, from what to what, and why' {
        $text = Get-AlphaHistory mom -First 1 | Format-List | Out-String -Width 120

        $text | Should -Match 'Research'
        $text | Should -Match 'Candidate'
        $text | Should -Match 'looks good'
    }
}
