Describe 'Get-ExperimentEquity' {
    BeforeAll {
        . (Join-Path $PSScriptRoot 'common.ps1')
        $prices = [IO.Path]::Combine($PSScriptRoot, '..', '..', 'docs', 'examples', 'data', 'sp500-2000.csv')
        Import-Feature -Name sp500 -Path $prices -Time date | Out-Null
        $cross = 'sign(sma(close, $fast) - sma(close, $slow))'
        $grid = @{ fast = 5, 10; slow = 100 }
        $computed = Invoke-Experiment computed sp500 $cross -Grid $grid -WarningAction SilentlyContinue
        $saved = Invoke-Experiment saved sp500 $cross -Grid $grid -SaveEquity -WarningAction SilentlyContinue
        $file = [IO.Path]::Combine($StorePath, 'experiments', $saved[0].ExperimentId, 'equity.parquet')
    }

    It 'gives one point a bar, the first without a return' {
        $points = $computed[0] | Get-ExperimentEquity

        $points.Count | Should -Be ($computed[0].observations + 1)
        $points[0].Return | Should -BeNullOrEmpty
        $points[0].Equity | Should -Be 1
        $points[-1].Equity | Should -Be (1 + $computed[0].total_return)
        ($points.Drawdown | Measure-Object -Minimum).Minimum | Should -Be $computed[0].max_drawdown
    }

    It 'reads from the file of -SaveEquity what it computes without' {
        $file | Should -Exist
        for ($i = 0; $i -lt 2; $i++) {
            $read = Get-ExperimentEquity -RunId $saved[$i].RunId
            $again = Get-ExperimentEquity -RunId $computed[$i].RunId
            $read.Return | Should -Be $again.Return
            $read.Turnover | Should -Be $again.Turnover
            $read.Time | Should -Be $again.Time
        }
    }

    It 'refuses a file that was changed, and computes once it is gone' {
        $bytes = [IO.File]::ReadAllBytes($file)
        [IO.File]::WriteAllText($file, 'changed')
        $thrown = { $saved[1] | Get-ExperimentEquity -ErrorAction Stop } | Should -Throw -PassThru
        $thrown.FullyQualifiedErrorId | Should -BeLike 'StoreCorrupt,*'
        $thrown.Exception.Message | Should -BeLike '*equity.parquet*'

        Remove-Item $file
        ($saved[1] | Get-ExperimentEquity)[-1].Equity | Should -Be (1 + $saved[1].total_return)
        [IO.File]::WriteAllBytes($file, $bytes)
    }

    It 'goes on after a run that is not there' {
        $points = 'nothing.1', $computed[0].RunId | ForEach-Object { [pscustomobject]@{ RunId = $_ } } |
            Get-ExperimentEquity -ErrorVariable failed -ErrorAction SilentlyContinue

        $failed[0].FullyQualifiedErrorId | Should -BeLike 'RunNotFound,*'
        $points[0].RunId | Should -Be $computed[0].RunId
    }
}
