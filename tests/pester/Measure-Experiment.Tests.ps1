Describe 'Measure-Experiment' {
    BeforeAll {
        . (Join-Path $PSScriptRoot 'common.ps1')
        $prices = [IO.Path]::Combine($PSScriptRoot, '..', '..', 'docs', 'examples', 'data', 'sp500-2000.csv')
        Import-Feature -Name sp500 -Path $prices -Time date | Out-Null
        $rule = 'sign(sma(close, $fast) - sma(close, $slow))'
        $runs = Invoke-Experiment cross sp500 $rule -Grid @{ fast = 5, 10, 20; slow = 100, 200 } -WarningAction SilentlyContinue
        Invoke-Experiment single sp500 'delta(close, 20)' | Out-Null
    }

    It 'counts the trials of a name and deflates the best' {
        $measure = Measure-Experiment cross

        $measure.Trials | Should -Be 6
        $measure.BestRunId | Should -Be ($runs | Sort-Object sharpe)[-1].RunId
        $measure.Dsr | Should -BeLessThan $measure.Psr
        $measure.Pbo | Should -BeNullOrEmpty
    }

    It 'measures <Scenario>' -TestCases @(
        @{ Scenario = 'all without a name'; Arguments = @{}; Expected = 'cross', 'single' }
        @{ Scenario = 'wildcards'; Arguments = @{ Name = 's*' }; Expected = @('single') }
        @{ Scenario = 'names in any case'; Arguments = @{ Name = 'SINGLE', 'cross' }; Expected = 'cross', 'single' }
    ) {
        (Measure-Experiment @Arguments).Name | Should -Be $Expected
    }

    It 'gives one object a name for runs from the pipeline' {
        @($runs | Measure-Experiment).Count | Should -Be 1
    }

    It 'gives the probability of overfitting with -Pbo, the same each time' {
        $first = Measure-Experiment cross -Pbo -ThrottleLimit 1
        $second = Measure-Experiment cross -Pbo

        $first.Pbo | Should -Be $second.Pbo
        $first.Overfitting.Splits | Should -Be 12870
        $first.Overfitting.LogitMedian | Should -Be $second.Overfitting.LogitMedian
    }

    It 'says why one run has no probability of overfitting' {
        (Measure-Experiment single -Pbo -WarningVariable warned -WarningAction SilentlyContinue).Pbo | Should -BeNullOrEmpty
        "$warned" | Should -BeLike '*2 at least*'
    }

    It 'says which name does not exist and goes on' {
        $found = Measure-Experiment cros, single -ErrorAction SilentlyContinue -ErrorVariable errors

        $found.Name | Should -Be 'single'
        "$($errors[0])" | Should -BeLike "*Did you mean 'cross'?*"
        Get-AlphaExitCode $errors[0] | Should -Be 5
    }

    It 'shows no type name in <View>' -TestCases @(
        @{ View = 'a table'; Show = { Measure-Experiment cross -Pbo | Out-String -Width 100 } }
        @{ View = 'a list'; Show = { Measure-Experiment cross -Pbo | Format-List | Out-String } }
        @{ View = 'the overfitting'; Show = { (Measure-Experiment cross -Pbo).Overfitting | Out-String -Width 100 } }
    ) {
        & $Show | Should -Not -Match 'AlphaFactory\.Core|System\.'
    }
}
