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

    It 'goes on with a grid that was cut short, and makes no run twice' {
        $grid = @{ fast = 2..90; slow = 91..190 }
        $first = @(Invoke-Experiment long sp500 $rule -Grid $grid -From 2015-01-01 -SkipLookAheadTest -MaxRuntime '00:00:00.001' -WarningAction SilentlyContinue)
        $rest = @(Invoke-Experiment long sp500 $rule -Grid $grid -From 2015-01-01 -SkipLookAheadTest -Resume -WarningAction SilentlyContinue)

        $first.Count + $rest.Count | Should -Be 8900
        $rest[0].ExperimentId | Should -Be $first[0].ExperimentId
        $numbers = ($first + $rest).RunId | ForEach-Object { [int] $_.Split('.')[1] }
        $numbers[0], $numbers[-1], @($numbers | Select-Object -Unique).Count | Should -Be 1, 8900, 8900
        (Measure-Experiment long).Trials | Should -Be 8900

        $thrown = { Invoke-Experiment long sp500 $rule -Grid $grid -From 2015-01-01 -SkipLookAheadTest -Resume } | Should -Throw -PassThru
        $thrown.FullyQualifiedErrorId | Should -BeLike 'SpecInvalid,*'
        $thrown.Exception.Message | Should -BeLike '*nothing to resume*has all its runs*'
    }

    It 'goes on after its process was killed, and keeps what an uninterrupted call keeps' {
        $arguments = @{ FeatureSet = 'sp500'; Expression = $rule; Grid = @{ fast = 2..40; slow = 91..190 }; From = '2019-01-01'; SkipLookAheadTest = $true; SaveEquity = $true; WarningAction = 'SilentlyContinue' }
        $whole = @(Invoke-Experiment whole @arguments)
        $script = Join-Path $TestDrive 'killed.ps1'
        Set-Content -LiteralPath $script -Value @"
Import-Module '$Manifest'
# The process ends itself the hard way, with runs recorded and more at work.
Invoke-Experiment killed sp500 '$rule' -Grid @{ fast = 2..40; slow = 91..190 } -From 2019-01-01 -SkipLookAheadTest -SaveEquity -WarningAction SilentlyContinue |
    ForEach-Object { [Diagnostics.Process]::GetCurrentProcess().Kill() }
"@
        & (Get-Process -Id $PID).Path -NoLogo -NoProfile -NonInteractive -File $script *> $null
        $left = @(Get-Experiment killed)
        $left.Count | Should -BeGreaterThan 0
        $left.Count | Should -BeLessThan $whole.Count
        $folder = [IO.Path]::Combine($StorePath, 'experiments', $left[0].ExperimentId)
        Join-Path $folder 'equity.parquet' | Should -Not -Exist

        $rest = @(Invoke-Experiment killed @arguments -Resume)

        $left.Count + $rest.Count | Should -Be $whole.Count
        (($left + $rest).EquityHash -join ' ') -eq ($whole.EquityHash -join ' ') | Should -BeTrue
        (Get-ChildItem -LiteralPath $folder -Force).Name | Sort-Object | Should -Be 'equity.parquet', 'runs.parquet', 'spec.json'
        ($rest[-1] | Get-ExperimentEquity)[-1].Equity | Should -Be ($whole[-1] | Get-ExperimentEquity)[-1].Equity
        (Invoke-LastExperiment killed | Where-Object Verdict -ne 'Identical').Count | Should -Be 0
    }

    It 'says which set of a list has no value for a parameter' {
        $thrown = { Invoke-Experiment listed sp500 'sma(close, $n) - $k' -Grid @{ n = 5; k = 1 }, @{ k = 2 } } | Should -Throw -PassThru

        $thrown.FullyQualifiedErrorId | Should -BeLike 'SpecInvalid,*'
        $thrown.Exception.Message | Should -BeLike '*$n, which has no value in set 2 of the grid*'
    }

    It 'gives up a script that does not end when -MaxRuntime is over' {
        $script = Join-Path $TestDrive 'endless.ps1'
        Set-Content -LiteralPath $script -Value 'param($Panel, $Parameters) while ($true) { }'
        Invoke-Experiment endless sp500 -ScriptPath $script -MaxRuntime '00:00:00.2' -WarningVariable warned -WarningAction SilentlyContinue | Should -BeNullOrEmpty

        "$warned" | Should -BeLike '*before the first run was done: nothing is recorded*'
    }

    It 'runs a script of a folder with <Scenario> in its name' -TestCases @(
        @{ Scenario = 'brackets and a quote'; Folder = "odd [x] o'neil" }
        @{ Scenario = 'letters of other scripts'; Folder = 'größe-日本' }
    ) {
        $folder = [IO.Path]::Combine($TestDrive, $Folder)
        New-Item -ItemType Directory -Path $folder | Out-Null
        Set-Content -LiteralPath (Join-Path $folder 'helper.ps1') -Value 'function Side($bar, $k) { if ($bar % $k) { 1 } else { -1 } }'
        Set-Content -LiteralPath (Join-Path $folder 'strategy.ps1') -Value @'
param($Panel, $Parameters)
. "$PSScriptRoot/helper.ps1"
foreach ($bar in 1..$Panel.Times.Count) { Side $bar $Parameters.k }
'@
        $runs = Invoke-Experiment odd sp500 -ScriptPath (Join-Path $folder 'strategy.ps1') -Grid @{ k = 2, 3 } -From 2019-01-01 -WarningAction SilentlyContinue
        $runs.Status | Should -Be 'Completed', 'Completed'

        Add-Content -LiteralPath (Join-Path $folder 'helper.ps1') -Value '# changed'
        $again = Invoke-LastExperiment odd
        $again.Verdict | Should -Be 'Identical', 'Identical'
        "$($again[0].ChangedInputs)" | Should -Be 'code'
    }

    It 'rejects what a policy of the user does not allow' {
        $policy = Join-Path $TestDrive 'ranges.json'
        Set-Content $policy '{ "name": "ranges", "parameters": { "fast": { "maximum": 10 } }, "rules": { "STOP_DAILY_LOSS": { "enabled": false }, "STOP_MAX_DRAWDOWN": { "enabled": false } } }'
        $runs = Invoke-Experiment ranged sp500 $rule -Grid @{ fast = 5, 20; slow = 100 } -RiskPolicy $policy -WarningAction SilentlyContinue

        $runs.Status | Should -Be 'Completed', 'Rejected'
        "$($runs[1].Codes)" | Should -Be 'PARAM_OUT_OF_RANGE'
        $logged = (Get-RiskEvent -Code PARAM_OUT_OF_RANGE)[0]
        $logged.Observed, $logged.Limit, $logged.Operator | Should -Be 20, 10, '<='
        (Get-RiskPolicy $policy).Ranges | Should -Be 'fast:  .. 10'
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

    It 'keeps equity and draws charts on request' {
        $runs = @(Invoke-Experiment kept sp500 $rule -Grid @{ fast = 5, 10; slow = 100 } -SaveEquity -Chart -WarningAction SilentlyContinue)
        $folder = [IO.Path]::Combine($StorePath, 'experiments', $runs[0].ExperimentId)

        Join-Path $folder 'equity.parquet' | Should -Exist
        Join-Path $folder 'chart-2.png' | Should -Exist
        ($runs[1] | Get-ExperimentEquity)[-1].Equity | Should -Be (1 + $runs[1].total_return)
        (Test-AlphaStore | Where-Object Severity -EQ 'Damage') | Should -BeNullOrEmpty
    }

    Context 'with a script' {
        BeforeAll {
            $folder = (New-Item -ItemType Directory (Join-Path $TestDrive 'strategies')).FullName
            Set-Content (Join-Path $folder 'lib.ps1') 'function Get-Mean($values, $bar, $n) { $sum = 0.0; for ($i = $bar - $n + 1; $i -le $bar; $i++) { $sum += $values[$i] }; $sum / $n }'
            $script = Join-Path $folder 'cross.ps1'
            Set-Content $script @(
                'param($Panel, $Parameters)'
                '. "$PSScriptRoot/lib.ps1"'
                '$close = $Panel.Series("close")'
                'for ($bar = 0; $bar -lt $Panel.Bars; $bar++) {'
                '    if ($bar -lt $Parameters.slow - 1) { $null; continue }'
                '    $fast = Get-Mean $close $bar $Parameters.fast'
                '    $slow = Get-Mean $close $bar $Parameters.slow'
                '    [math]::Sign($fast - $slow)'
                '}'
            )
        }

        It 'earns what the same expression earns, and the same again' {
            $grid = @{ fast = 3, 5; slow = 10 }
            $scripted = Invoke-Experiment scripted sp500 -ScriptPath $script -Grid $grid -From 2001-01-01 -To 2001-12-31 -WarningAction SilentlyContinue
            $expressed = Invoke-Experiment expressed sp500 $rule -Grid $grid -From 2001-01-01 -To 2001-12-31 -WarningAction SilentlyContinue

            $scripted.sharpe | Should -Be $expressed.sharpe
            $again = Invoke-LastExperiment scripted
            $again.Verdict | Should -Be 'Identical', 'Identical'
            "$($again.ChangedInputs)" | Should -BeNullOrEmpty
            ($scripted[0] | Get-ExperimentEquity)[-1].Equity | Should -Be (1 + $scripted[0].total_return)
            $scripted[0] | Register-Alpha scripted | ForEach-Object CodeHash | Should -Be $scripted[0].CodeHash
        }

        It 'takes rows as arrays and as tables when there are several entities' {
            $bars = 0..99 | ForEach-Object {
                [pscustomobject]@{ date = [datetime]::new(2020, 1, 1).AddDays($_); entity = 'a'; close = 100 + 10 * [math]::Sin($_ / 5) }
                [pscustomobject]@{ date = [datetime]::new(2020, 1, 1).AddDays($_); entity = 'b'; close = 50 + 5 * [math]::Cos($_ / 7) }
            }
            Import-Feature -Name pair -InputObject $bars -Time date -Entity entity | Out-Null
            Set-Content (Join-Path $folder 'array.ps1') @(
                'param($Panel, $Parameters)'
                'for ($bar = 0; $bar -lt $Panel.Bars; $bar++) {'
                '    if ($bar -lt $Parameters.n) { $null; continue }'
                '    $row = foreach ($entity in $Panel.Entities) { $close = $Panel.Series("close", $entity); $close[$bar] - $close[$bar - $Parameters.n] }'
                '    ,$row'
                '}'
            )
            Set-Content (Join-Path $folder 'table.ps1') @(
                'param($Panel, $Parameters)'
                'for ($bar = 0; $bar -lt $Panel.Bars; $bar++) {'
                '    if ($bar -lt $Parameters.n) { @{}; continue }'
                '    $row = @{}'
                '    foreach ($entity in $Panel.Entities) { $close = $Panel.Series("close", $entity); $row[$entity] = $close[$bar] - $close[$bar - $Parameters.n] }'
                '    $row'
                '}'
            )
            $grid = @{ n = 1, 3 }
            $expected = Invoke-Experiment pairs pair 'close - delay(close, $n)' -Grid $grid -WarningAction SilentlyContinue
            foreach ($form in 'array', 'table') {
                $runs = Invoke-Experiment $form pair -ScriptPath (Join-Path $folder "$form.ps1") -Grid $grid -WarningAction SilentlyContinue
                $runs.sharpe | Should -Be $expected.sharpe
                $runs.EquityHash | Should -Be $expected.EquityHash
            }

            Set-Content (Join-Path $folder 'flat.ps1') 'param($Panel, $Parameters); foreach ($bar in $Panel.Times) { 1, 1 }'
            $thrown = { Invoke-Experiment flat pair -ScriptPath (Join-Path $folder 'flat.ps1') } | Should -Throw -PassThru
            $thrown.Exception.Message | Should -BeLike '*,$row*'
        }

        It 'gives the same from another process and culture' {
            $result = Invoke-Pwsh @"
[cultureinfo]::CurrentCulture = 'de-DE'
(Invoke-LastExperiment scripted -Store '$StorePath').Verdict
"@
            $result.Output | Should -Be 'Identical Identical'
        }

        It 'names code as the changed input when what the script loads was changed' {
            Add-Content (Join-Path $folder 'lib.ps1') '# Now with a remark.'
            $again = Invoke-LastExperiment scripted

            "$($again[0].ChangedInputs)" | Should -Be 'code'
            $again.Verdict | Should -Be 'Identical', 'Identical'
        }

        It 'refuses a script that <Scenario>, naming its line' -TestCases @(
            @{ Scenario = 'does not parse'; Text = "param(`$Panel, `$Parameters)`nif (";  Message = '*line 2*' }
            @{ Scenario = 'throws'; Text = "param(`$Panel, `$Parameters)`n`nthrow 'no luck'"; Message = '*line 3*no luck*' }
            @{ Scenario = 'divides by zero'; Text = "param(`$Panel, `$Parameters)`n`$x = 1 / 0"; Message = '*line 2*zero*' }
            @{ Scenario = 'gives too few rows'; Text = "param(`$Panel, `$Parameters)`n1"; Message = '*1 rows for * bars*' }
            @{ Scenario = 'takes no panel'; Text = '1'; Message = '*param($Panel, $Parameters)*' }
            @{ Scenario = 'loads what cannot be told'; Text = "param(`$Panel, `$Parameters)`n. `$lib"; Message = '*line 2*code hash*' }
        ) {
            $file = Join-Path $folder 'wrong.ps1'
            Set-Content $file $Text
            $thrown = { Invoke-Experiment wrong sp500 -ScriptPath $file } | Should -Throw -PassThru

            $thrown.FullyQualifiedErrorId | Should -BeLike 'SpecInvalid,*'
            $thrown.Exception.Message | Should -BeLike $Message
            $thrown.Exception.Message | Should -BeLike '*wrong.ps1*'
        }

        It 'sees nothing of the session' {
            $global:edge = 1
            $file = Join-Path $folder 'session.ps1'
            Set-Content $file 'param($Panel, $Parameters); foreach ($bar in $Panel.Times) { [int]($null -ne $edge) }'
            (Invoke-Experiment session sp500 -ScriptPath $file).turnover | Should -Be 0
        }

        It 'does not find a script that is not there' {
            $thrown = { Invoke-Experiment none sp500 -ScriptPath (Join-Path $folder 'none.ps1') } | Should -Throw -PassThru
            $thrown.FullyQualifiedErrorId | Should -BeLike 'PathNotFound,*'
        }
    }

    Context 'with a specification' {
        BeforeAll {
            $table = @{ Name = 'specified'; FeatureSet = 'sp500'; Expression = $rule; Grid = @{ fast = 5, 10; slow = 100 }; From = '2005-01-01'; CostBps = 2.5; WalkForward = $null }
            $plain = Invoke-Experiment plain sp500 $rule -Grid @{ fast = 5, 10; slow = 100 } -From 2005-01-01 -CostBps 2.5 -WarningAction SilentlyContinue
            $json = Join-Path $TestDrive 'spec.json'
            $table | ConvertTo-Json -Depth 5 | Set-Content $json
            $psd1 = Join-Path $TestDrive 'spec.psd1'
            Set-Content $psd1 "@{ Name = 'specified'; FeatureSet = 'sp500'; Expression = '$rule'; Grid = @{ fast = 5, 10; slow = 100 }; From = '2005-01-01'; CostBps = 2.5 }"
        }

        It 'runs a table, a JSON file and a .psd1 file alike' {
            foreach ($spec in $table, $json, $psd1) {
                $runs = Invoke-Experiment -Spec $spec -WarningAction SilentlyContinue
                $runs.sharpe | Should -Be $plain.sharpe
                $runs[0].Name | Should -Be 'specified'
            }
        }

        It 'lets what is typed win' {
            (Invoke-Experiment typed -Spec $json -CostBps 0 -WarningAction SilentlyContinue)[0].Name | Should -Be 'typed'
        }

        It 'refuses <Scenario> with SpecInvalid' -TestCases @(
            @{ Scenario = 'an unknown key'; Change = @{ Grdi = 1 }; Message = "*Did you mean 'Grid'*" }
            @{ Scenario = 'a value that does not fit'; Change = @{ CostBps = 'much' }; Message = '*CostBps*' }
            @{ Scenario = 'a number out of range'; Change = @{ ThrottleLimit = 0 }; Message = '*ThrottleLimit*' }
            @{ Scenario = 'no name'; Change = @{ Name = '' }; Message = '*no Name*' }
            @{ Scenario = 'no signal'; Change = @{ Expression = $null }; Message = '*-Expression or -ScriptPath*' }
        ) {
            $wrong = $table.Clone()
            foreach ($key in $Change.Keys) { $wrong[$key] = $Change[$key] }
            $thrown = { Invoke-Experiment -Spec $wrong } | Should -Throw -PassThru

            $thrown.FullyQualifiedErrorId | Should -BeLike 'SpecInvalid,*'
            $thrown.Exception.Message | Should -BeLike $Message
        }
    }
}
