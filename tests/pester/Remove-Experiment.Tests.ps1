Describe 'Remove-Experiment' {
    BeforeEach {
        . (Join-Path $PSScriptRoot 'common.ps1')
        $StorePath = Join-Path $TestDrive ([guid]::NewGuid())
        $env:ALPHAFACTORY_STORE = $StorePath
        $prices = [IO.Path]::Combine($PSScriptRoot, '..', '..', 'docs', 'examples', 'data', 'sp500-2000.csv')
        Import-Feature -Name sp500 -Path $prices -Time date | Out-Null
        $runs = Invoke-Experiment cross sp500 'sign(sma(close, $fast) - sma(close, 100))' -Grid @{ fast = 5, 10, 20 } -WarningAction SilentlyContinue
    }

    It 'removes single runs by the pipeline' {
        $runs[0, 2] | Remove-Experiment -Confirm:$false

        (Get-Experiment).RunId | Should -Be $runs[1].RunId
        Test-AlphaStore | Where-Object Severity -EQ 'Damage' | Should -BeNullOrEmpty
    }

    It 'removes a name with its folder, and forgets no trial' {
        Remove-Experiment cross -Confirm:$false

        Join-Path $StorePath 'experiments' $runs[0].ExperimentId | Should -Not -Exist
        Get-Experiment | Should -BeNullOrEmpty
        (Measure-Experiment cross).Trials | Should -Be 3
    }

    It 'does nothing with -WhatIf' {
        Remove-Experiment cross -WhatIf

        @(Get-Experiment).Count | Should -Be 3
    }

    It 'does not find a name that is not there' {
        $thrown = { Remove-Experiment none -Confirm:$false -ErrorAction Stop } | Should -Throw -PassThru
        $thrown.FullyQualifiedErrorId | Should -BeLike 'RunNotFound,*'
    }
}
