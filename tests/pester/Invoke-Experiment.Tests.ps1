Describe 'Invoke-Experiment' {
    BeforeAll {
        . (Join-Path $PSScriptRoot 'common.ps1')
        $prices = [IO.Path]::Combine($PSScriptRoot, '..', '..', 'docs', 'examples', 'data', 'sp500-2000.csv')
        Import-Feature -Name sp500 -Path $prices -Time date | Out-Null
        $rule = 'sign(sma(close, $fast) - sma(close, $slow))'
    }

    It 'warns once when the best of a grid is not significant' {
        Invoke-Experiment warned sp500 $rule -Grid @{ fast = 5, 10; slow = 100, 200 } -WarningVariable warned -WarningAction SilentlyContinue |
            Out-Null

        @($warned).Count | Should -Be 1
        "$warned" | Should -BeLike '*not significant*4 trials*Measure-Experiment warned*'
    }

    It 'measures both sides of -Split' {
        $run = Invoke-Experiment split sp500 $rule -Parameter @{ fast = 10; slow = 100 } -Split 2010-01-01
        $early = Invoke-Experiment early sp500 $rule -Parameter @{ fast = 10; slow = 100 } -To 2009-12-31

        $run.is_sharpe | Should -Be $early.sharpe
        $run.is_observations + $run.oos_observations | Should -Be $run.observations
    }

    It 'stops after -MaxRuntime and says how many runs are done' {
        $runs = @(Invoke-Experiment short sp500 $rule -Grid @{ fast = 2..90; slow = 91..190 } -SkipLookAheadTest -MaxRuntime '00:00:00.001' -WarningVariable warned -WarningAction SilentlyContinue)

        $runs.Count | Should -BeLessThan 8900
        "$warned" | Should -BeLike "*$($runs.Count) of 8900 runs*"
        (Get-Experiment short).Count | Should -Be $runs.Count
    }

    It 'refuses <Scenario> with SpecInvalid' -TestCases @(
        @{ Scenario = 'a split outside the window'; Arguments = @{ Split = '1980-01-01' } }
        @{ Scenario = 'a plain number as a runtime'; Arguments = @{ MaxRuntime = 30 } }
    ) {
        $thrown = { Invoke-Experiment wrong sp500 'delta(close, 5)' @Arguments } | Should -Throw -PassThru

        $thrown.FullyQualifiedErrorId | Should -BeLike 'SpecInvalid,*'
    }

    It 'gives runs whose series can be had' {
        $run = Invoke-Experiment series sp500 $rule -Parameter @{ fast = 10; slow = 100 }
        $points = $run | Get-ExperimentEquity

        $points.Count | Should -Be ($run.observations + 1)
        ($points | Measure-Object Drawdown -Minimum).Minimum | Should -Be $run.max_drawdown
        $points[0..3] | Out-String -Width 100 | Should -Not -Match 'AlphaFactory\.Core|System\.'
    }

    It 'gives runs that can be removed, and stay counted' {
        $runs = Invoke-Experiment gone sp500 $rule -Grid @{ fast = 5, 10; slow = 100 } -WarningAction SilentlyContinue
        $runs[0] | Remove-Experiment -Confirm:$false
        (Get-Experiment gone).RunId | Should -Be $runs[1].RunId

        Remove-Experiment gone -Confirm:$false
        { Get-Experiment gone -ErrorAction Stop } | Should -Throw
        (Measure-Experiment gone).Trials | Should -Be 2
    }
}
