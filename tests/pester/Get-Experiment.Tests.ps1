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

    It 'takes a filter over metrics, parameters and properties' {
        $wanted = $runs | Where-Object { $_.sharpe -gt 0 -and $_.Parameters['fast'] -lt 20 }
        $found = Get-Experiment -Filter "sharpe > 0 and param.fast < 20 and name = 'FIRST' and not status = 'Rejected'"
        $found.RunId | Should -Be $wanted.RunId
        (Get-Experiment -Filter "name like 'sec*' or param.slow in (50)").Count | Should -Be 4
        @(Get-Experiment -Filter "code_hash = '$($other.CodeHash)' and created >= '2020-01-01'" -SortBy sharpe -First 2).Count | Should -Be 2
        (Get-Experiment -Filter 'sharpe is missing') | Should -BeNullOrEmpty
    }

    It 'finds runs by their parameters' {
        (Get-Experiment -Parameter @{ fast = 5; slow = 100 }).Name | Should -Be 'first', 'second'
    }

    It 'shows where a filter is wrong, and warns of an unknown metric' {
        $thrown = { Get-Experiment -Filter "sharpe > 1 adn name = 'x'" } | Should -Throw -PassThru
        $thrown.FullyQualifiedErrorId | Should -BeLike 'FilterSyntax,*'
        $thrown.Exception.Message | Should -BeLike "*column 12*Did you mean 'and'?*"
        Get-AlphaExitCode $thrown | Should -Be 2
        Get-Experiment -Filter 'sharpee > 1' -WarningVariable warned -WarningAction SilentlyContinue | Should -BeNullOrEmpty
        "$warned" | Should -BeLike "*no*metric 'sharpee'*sharpe*"
    }

    It 'completes <Typed> inside of a filter' -TestCases @(
        @{ Typed = 'shar'; Wanted = 'sharpe' }
        @{ Typed = 'stat'; Wanted = 'status' }
        @{ Typed = 'param.f'; Wanted = 'fast' }
        @{ Typed = 'status = '; Wanted = "'Completed'" }
        @{ Typed = 'name = '; Wanted = "'second'" }
    ) {
        $line = "Get-Experiment -Filter ""$Typed"
        (TabExpansion2 $line $line.Length).CompletionMatches.ListItemText | Should -Contain $Wanted
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
