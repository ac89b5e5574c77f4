Describe 'Set-Alpha' {
    BeforeAll { . (Join-Path $PSScriptRoot 'common.ps1') }

    BeforeEach {
        if (Test-Path $StorePath) { Get-Alpha | Unregister-Alpha -Confirm:$false }
        Register-Alpha mom -Tag fx, rates -Metric @{ sharpe = 1 } | Out-Null
        Register-Alpha mom -Tag fx -Metric @{ sharpe = 2 } | Out-Null
        Register-Alpha carry -Description old | Out-Null
    }

    It 'changes <Scenario>' -TestCases @(
        @{ Scenario = 'the newest version of a name'; Arguments = @{ Name = 'MOM' }; Expected = @('mom v2') }
        @{ Scenario = 'a version'; Arguments = @{ Name = 'mom'; Version = 1 }; Expected = @('mom v1') }
        @{ Scenario = 'the newest of each name that matches'; Arguments = @{ Name = '*' }; Expected = 'mom v2', 'carry v1' }
        @{ Scenario = 'a name that is given twice once'; Arguments = @{ Name = 'mom', 'm*' }; Expected = @('mom v2') }
    ) {
        Set-Alpha @Arguments -Stage Live

        @(Get-Alpha -Stage Live).ForEach({ "$_" }) | Should -Be $Expected
    }

    It 'changes just what comes through the pipeline' {
        Get-Alpha -Filter "tag = 'rates' or name = 'carry'" | Set-Alpha -AddTag new

        (Get-Alpha -Tag new).ForEach({ "$_" }) | Should -Be 'mom v1', 'carry v1'
    }

    It 'leaves alone what was registered anew under the name and version of what comes through the pipeline' {
        $gone = Get-Alpha carry
        Unregister-Alpha carry -Confirm:$false
        Register-Alpha carry -Description new | Out-Null

        $gone | Set-Alpha -AddTag stale -ErrorVariable failed -ErrorAction SilentlyContinue
        $gone | Unregister-Alpha -Confirm:$false -ErrorVariable +failed -ErrorAction SilentlyContinue

        $failed.FullyQualifiedErrorId | Should -BeLike 'AlphaNotFound,*'
        $failed.Count | Should -Be 2
        (Get-Alpha carry).Tags | Should -BeNullOrEmpty
    }

    It 'takes <Scenario> from the pipeline' -TestCases @(
        @{ Scenario = 'names'; Items = @('mom', 'carry') }
        @{ Scenario = 'objects with a name and a version'; Items = @([pscustomobject]@{ Name = 'mom'; Version = 2 }, [pscustomobject]@{ Name = 'carry'; Version = 1 }) }
    ) {
        $Items | Set-Alpha -Stage Live

        (Get-Alpha -Stage Live).ForEach({ "$_" }) | Should -Be 'mom v2', 'carry v1'
    }

    It 'gives nothing, or the alphas as they are now with -PassThru' {
        Set-Alpha mom -Stage Live | Should -BeNullOrEmpty

        $changed = Set-Alpha mom -AddTag a, 'b;c' -RemoveTag FX -PassThru
        $changed.Tags | Should -Be 'a', 'b', 'c'
        $changed.sharpe | Should -Be 2
    }

    It 'takes a description away' {
        (Set-Alpha carry -Description '' -PassThru).Description | Should -Be ''
    }

    It 'changes nothing with -WhatIf' {
        Set-Alpha mom -Stage Live -WhatIf

        Get-Alpha -Stage Live | Should -BeNullOrEmpty
    }

    It 'writes who, when, why and what it was to the history' {
        $before = [datetime]::UtcNow.AddSeconds(-1)
        Set-Alpha mom -Stage Live -Reason 'it works'

        $entry = Get-AlphaHistory mom -Version 2 -First 1
        "$($entry.Action) $($entry.What) $($entry.Old) $($entry.New) $($entry.Reason)" | Should -BeExactly 'set Stage Research Live it works'
        $entry.Who | Should -BeLike "$([Environment]::UserName)@*"
        $entry.At | Should -BeGreaterThan $before
        (Get-AlphaHistory mom -First 1 | Out-String -Width 100) | Should -Match 'Stage: Research → Live'
    }

    It 'changes alphas in the store that they are from' {
        $other = Join-Path $TestDrive 'other'
        Register-Alpha elsewhere -Store $other | Set-Alpha -Stage Live

        "$((Get-Alpha elsewhere -Store $other).Stage)" | Should -Be 'Live'
    }

    It 'says what is not there and goes on' {
        Set-Alpha nosuch, mom -Stage Live -ErrorAction SilentlyContinue -ErrorVariable errors

        $errors.FullyQualifiedErrorId | Should -Be 'AlphaNotFound,AlphaFactory.Cmdlets.Commands.SetAlphaCommand'
        "$(Get-Alpha -Stage Live)" | Should -Be 'mom v2'
    }

    It 'refuses <Scenario> with <Id>' -TestCases @(
        @{ Scenario = 'a tag with NUL'; Arguments = @{ AddTag = "a`0" }; Id = 'NameInvalid' }
        @{ Scenario = 'a tag to add and remove'; Arguments = @{ AddTag = 'a'; RemoveTag = 'A' }; Id = 'NameInvalid' }
        @{ Scenario = 'an unknown stage'; Arguments = @{ Stage = 'Nowhere' }; Id = 'CannotConvertArgumentNoMessage' }
    ) {
        $thrown = { Set-Alpha mom @Arguments -ErrorAction Stop } | Should -Throw -PassThru

        $thrown.FullyQualifiedErrorId | Should -BeLike "$Id,*"
        Get-AlphaExitCode $thrown | Should -Be 2
    }
}
