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
        $run = Invoke-Experiment split sp500 $rule -Parameter @{ fast = 10; slow = 100 } -Split 2010-01-01 -Purge 0 -Embargo 0
        $early = Invoke-Experiment early sp500 $rule -Parameter @{ fast = 10; slow = 100 } -To 2009-12-31

        $run.is_sharpe | Should -Be $early.sharpe
        $run.is_observations + $run.oos_observations | Should -Be $run.observations
    }

    It 'leaves purge and embargo out before -Split' {
        $run = Invoke-Experiment gap sp500 $rule -Parameter @{ fast = 10; slow = 100 } -Split 2010-01-01 -Lag 2
        $bars = $run.observations + 1

        $run.is_observations + $run.oos_observations | Should -Be ($run.observations - 2 - [math]::Floor($bars / 100))
    }

    It 'walks forward with <Walk> as one run' -TestCases @(
        @{ Walk = '504/126' }
        @{ Walk = '504/126 anchored' }
        @{ Walk = @{ Train = 504; Test = 126 } }
    ) {
        $run = @(Invoke-Experiment walk sp500 $rule -Grid @{ fast = 5, 10; slow = 50, 100 } -WalkForward $Walk)

        $run.Count | Should -Be 1
        $run[0].wf_steps | Should -Be ([math]::Ceiling($run[0].observations / 126))
        $run[0].oos_sharpe | Should -Be $run[0].sharpe
        (Invoke-LastExperiment walk).Verdict | Should -Be 'Identical'
    }

    It 'refuses -WalkForward <Walk>' -TestCases @(
        @{ Walk = 'often' }
        @{ Walk = @{ Train = 504 } }
        @{ Walk = @{ Train = 504; Tset = 126 } }
        @{ Walk = @{ Train = 1.5; Test = 126 } }
    ) {
        { Invoke-Experiment walk sp500 $rule -Grid @{ fast = 5; slow = 50 } -WalkForward $Walk } |
            Should -Throw -ExpectedMessage '*WalkForward*126*'
    }

    It 'compares with a benchmark and measures the signal on request' {
        $run = Invoke-Experiment hold sp500 close -CostBps 0 -Benchmark sp500 -Metric ic_mean, max_weight

        [math]::Round($run.beta, 10) | Should -Be 1
        $run.max_weight | Should -Be 1
        $run.PSObject.Properties.Name | Should -Contain 'information_ratio'
    }

    It 'stops a run by a named policy and logs it' {
        $run = Invoke-Experiment halt sp500 $rule -Parameter @{ fast = 10; slow = 100 } -RiskPolicy default -WarningVariable warned -WarningAction SilentlyContinue

        "$($run.Status)" | Should -Be 'Stopped'
        "$($run.Codes)" | Should -BeLike '*STOP_*'
        "$warned" | Should -BeLike '*is stopped. STOP_*'
        (Get-RiskEvent -Code STOP_*)[0].Target | Should -Be $run.RunId
        ($run | Get-ExperimentEquity).Count | Should -Be ($run.observations + 1)

        $thrown = { Invoke-Experiment halt sp500 $rule -Parameter @{ fast = 10; slow = 100 } -RiskPolicy default -FailFast } | Should -Throw -PassThru
        $thrown.FullyQualifiedErrorId | Should -BeLike 'RiskDenied,*'
        Get-AlphaExitCode $thrown | Should -Be 3
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
