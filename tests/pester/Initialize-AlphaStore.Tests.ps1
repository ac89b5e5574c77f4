Describe 'Initialize-AlphaStore' {
    BeforeAll { . (Join-Path $PSScriptRoot 'common.ps1') }

    It 'makes a store and describes it' {
        $made = Initialize-AlphaStore

        $made.Path | Should -Be $StorePath
        $made.Alphas | Should -Be 0
        Join-Path $StorePath 'store.json' | Should -Exist
    }

    It 'leaves a store that is there as it is' {
        Register-Alpha mom | Out-Null
        $id = (Get-AlphaStore).Id

        $again = Initialize-AlphaStore -WhatIf

        $again.Id | Should -Be $id
        $again.Alphas | Should -Be 1
    }

    It 'makes nothing with -WhatIf' {
        $elsewhere = Join-Path $TestDrive 'elsewhere'

        Initialize-AlphaStore -Store $elsewhere -WhatIf | Should -BeNullOrEmpty

        $elsewhere | Should -Not -Exist
    }

    It 'makes it where <Scenario> says' -TestCases @(
        @{ Scenario = 'a path from the current location'; Path = './deep/er' }
        @{ Scenario = 'a path of a drive of PowerShell'; Path = 'TestDrive:/drive' }
        @{ Scenario = 'a path with brackets'; Path = './b[1]' }
    ) {
        Push-Location $TestDrive
        try { $made = Initialize-AlphaStore -Store $Path } finally { Pop-Location }

        Test-Path -LiteralPath (Join-Path $made.Path 'store.json') | Should -BeTrue
        $made.Path | Should -BeLike "$((Get-Item $TestDrive).FullName)*"
    }

    It 'says that a path is none of a file system' {
        $thrown = { Initialize-AlphaStore -Store 'Env:x' } | Should -Throw -PassThru

        Get-AlphaExitCode $thrown | Should -Be 5
    }
}
