Describe 'Unregister-Alpha' {
    BeforeAll { . (Join-Path $PSScriptRoot 'common.ps1') }

    BeforeEach {
        if (Test-Path $StorePath) { Get-Alpha | Unregister-Alpha -Confirm:$false }
        1..3 | ForEach-Object { Register-Alpha mom -Tag fx -Metric @{ sharpe = $_ } } | Out-Null
        Register-Alpha carry | Out-Null
    }

    It 'removes <Scenario>' -TestCases @(
        @{ Scenario = 'all versions of a name'; Arguments = @{ Name = 'MOM' }; Left = @('carry v1') }
        @{ Scenario = 'a version'; Arguments = @{ Name = 'mom'; Version = 2, 3 }; Left = 'mom v1', 'carry v1' }
        @{ Scenario = 'what matches'; Arguments = @{ Name = 'c*', 'x*' }; Left = 'mom v1', 'mom v2', 'mom v3' }
    ) {
        Unregister-Alpha @Arguments -Confirm:$false | Should -BeNullOrEmpty

        @(Get-Alpha).ForEach({ "$_" }) | Should -Be $Left
    }

    It 'removes just what comes through the pipeline' {
        Get-Alpha -Filter 'sharpe >= 2' | Unregister-Alpha -Confirm:$false

        (Get-Alpha).ForEach({ "$_" }) | Should -Be 'mom v1', 'carry v1'
    }

    It 'frees the name with the last version, and no number before' {
        Unregister-Alpha mom -Version 3 -Confirm:$false
        (Register-Alpha mom).Version | Should -Be 4
        "$(Get-Alpha mom -Latest)" | Should -Be 'mom v4'

        Unregister-Alpha mom -Confirm:$false
        (Register-Alpha mom).Version | Should -Be 1
    }

    It 'removes nothing with -WhatIf' {
        Unregister-Alpha * -WhatIf

        (Get-Alpha).Count | Should -Be 4
    }

    It 'asks first' {
        $script = "`$env:ALPHAFACTORY_STORE = '$StorePath'; Unregister-Alpha mom -ErrorAction Stop"

        (Invoke-Pwsh $script).ExitCode | Should -Be 1
        (Get-Alpha).Count | Should -Be 4
    }

    It 'keeps the history' {
        Unregister-Alpha carry -Reason 'a duplicate' -Confirm:$false

        $history = Get-AlphaHistory carry -First 2
        $history.Action | Should -Be 'unregister', 'register'
        $history[0].Reason | Should -Be 'a duplicate'
    }

    It 'says what is not there and goes on' {
        Unregister-Alpha nosuch, carry -Confirm:$false -ErrorAction SilentlyContinue -ErrorVariable errors

        Get-AlphaExitCode $errors[0] | Should -Be 5
        Get-Alpha c* | Should -BeNullOrEmpty
    }
}
