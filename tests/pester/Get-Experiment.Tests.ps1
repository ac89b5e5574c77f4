Describe 'Get-Experiment' {
    BeforeAll {
        . (Join-Path $PSScriptRoot 'common.ps1')
        $prices = [IO.Path]::Combine($PSScriptRoot, '..', '..', 'docs', 'examples', 'data', 'sp500-2000.csv')
        Import-Feature -Name sp500 -Path $prices -Time date | Out-Null
        $cross = 'sign(sma(close, $fast) - sma(close, $slow))'
        $runs = Invoke-Experiment first sp500 $cross -Grid @{ fast = 5, 10, 20; slow = 50, 100 } -WarningAction SilentlyContinue
        $other = Invoke-Experiment second sp500 $cross -Grid @{ fast = 5; slow = 100 }
    }

    It 'gives every run of all grids, and those of a name' {
        @(Get-Experiment).Count | Should -Be 7
        (Get-Experiment FIRST).RunId | Should -Be $runs.RunId
        @(Get-Experiment fir*, sec*).Count | Should -Be 7
    }

    It 'gives runs as they came out, metrics as members' {
        $again = (Get-Experiment -RunId $runs[2].RunId)
        foreach ($name in 'sharpe', 'max_drawdown', 'psr', 'Status', 'CodeHash') {
            $again.$name | Should -Be $runs[2].$name
        }
        "$($again.Parameters)" | Should -Be "$($runs[2].Parameters)"
    }

    It 'sorts and pages without losing or repeating a run' {
        $sorted = Get-Experiment first -SortBy sharpe -Descending
        $sorted.sharpe | Should -Be ($runs.sharpe | Sort-Object -Descending)
        $pages = 0, 2, 4 | ForEach-Object { Get-Experiment first -SortBy sharpe -Descending -First 2 -Skip $_ }
        $pages.RunId | Should -Be $sorted.RunId
    }

    It 'takes bounds on metrics' {
        $middle = ($runs.sharpe | Sort-Object)[3]
        (Get-Experiment first -MinMetric "sharpe=$($middle.ToString('R', [cultureinfo]::InvariantCulture))").Count | Should -Be 3
    }

    It 'exports to CSV with a column a metric' {
        $file = Join-Path $TestDrive 'runs.csv'
        Get-Experiment first | Export-Csv $file
        $rows = Import-Csv $file

        $rows.Count | Should -Be 6
        $rows[0].PSObject.Properties.Name | Should -Contain 'sharpe'
        Get-Content $file | Should -Not -Match 'AlphaFactory\.Core'
    }

    It 'does not find <Scenario>' -TestCases @(
        @{ Scenario = 'a name'; Arguments = @{ Name = 'third' } }
        @{ Scenario = 'a run'; Arguments = @{ RunId = '20200101-000000-abcdef.1' } }
    ) {
        $thrown = { Get-Experiment @Arguments -ErrorAction Stop } | Should -Throw -PassThru
        $thrown.FullyQualifiedErrorId | Should -BeLike 'RunNotFound,*'
        Get-AlphaExitCode $thrown | Should -Be 5
    }

    It 'gives nothing for a wildcard that matches nothing' {
        Get-Experiment no* | Should -BeNullOrEmpty
    }
}
