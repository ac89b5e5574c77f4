Describe 'Invoke-LastExperiment' {
    BeforeAll {
        . (Join-Path $PSScriptRoot 'common.ps1')
        $prices = [IO.Path]::Combine($PSScriptRoot, '..', '..', 'docs', 'examples', 'data', 'sp500-2000.csv')
        Import-Feature -Name sp500 -Path $prices -Time date | Out-Null
        $cross = 'sign(sma(close, $fast) - sma(close, $slow))'
        $policy = Join-Path $TestDrive 'house.json'
        Set-Content $policy '{ "name": "house", "rules": { "STOP_DAILY_LOSS": { "enabled": false }, "STOP_MAX_DRAWDOWN": { "limit": -0.9 } } }'
        $runs = Invoke-Experiment cross sp500 $cross -Grid @{ fast = 5, 10; slow = 100 } -RiskPolicy $policy -Benchmark sp500 -WarningAction SilentlyContinue
    }

    It 'finds an untouched grid identical, and counts no trial' {
        $results = Invoke-LastExperiment

        $results.RunId | Should -Be $runs.RunId
        $results.Verdict | Should -Be 'Identical', 'Identical'
        (Measure-Experiment cross).Trials | Should -Be 2
    }

    It 'finds it identical in another process and culture' {
        $result = Invoke-Pwsh "[cultureinfo]::CurrentCulture = 'de-DE'; (Invoke-LastExperiment cross -Store '$StorePath').Verdict"
        $result.Output | Should -Be 'Identical Identical'
    }

    It 'runs one run by its id, also from the pipeline' {
        (Invoke-LastExperiment -RunId $runs[1].RunId).RunId | Should -Be $runs[1].RunId
        ($runs[0] | Invoke-LastExperiment).RunId | Should -Be $runs[0].RunId
    }

    It 'names the policy when that was changed, and fails on request' {
        $text = Get-Content $policy -Raw
        Set-Content $policy '{ "name": "house", "rules": { "STOP_DAILY_LOSS": { "limit": -0.01 } } }'
        $results = Invoke-LastExperiment cross
        "$($results[0].ChangedInputs)" | Should -Be 'policy'
        $results[0].Verdict | Should -Be 'Different'
        "$($results[0].Differences)" | Should -BeLike '*Status: Completed*Stopped*'

        $thrown = { Invoke-LastExperiment cross -FailOnMismatch } | Should -Throw -PassThru
        Get-AlphaExitCode $thrown | Should -Be 7
        Set-Content $policy $text
        (Invoke-LastExperiment cross).Verdict | Should -Be 'Identical', 'Identical'
    }

    It 'tells a record that was edited by hand' {
        $file = [IO.Path]::Combine($StorePath, 'experiments', $runs[0].ExperimentId, 'spec.json')
        $text = Get-Content $file -Raw
        [IO.File]::WriteAllText($file, $text.Replace('"costBps": 1', '"costBps": 30'))
        $results = Invoke-LastExperiment cross
        "$($results[0].ChangedInputs)" | Should -Be 'record'
        $results[0].Verdict | Should -Be 'Different'
        [IO.File]::WriteAllText($file, $text)
    }

    It 'finds it identical on the pinned version when a newer one is there' {
        Import-Feature -Name sp500 -Mode Replace -Time date -InputObject @(
            [pscustomobject]@{ date = '2020-01-01'; close = 1.5 }, [pscustomobject]@{ date = '2020-01-02'; close = 2.5 }
        ) | Out-Null
        (Get-FeatureSet sp500 | Select-Object -Last 1).Version | Should -Be 2
        (Invoke-LastExperiment cross).Verdict | Should -Be 'Identical', 'Identical'
        Get-FeatureSet sp500 | Where-Object Version -EQ 2 | ForEach-Object { Remove-FeatureSet -Name sp500 -Version 2 -Confirm:$false }
    }

    It 'names code when the script was changed, and when it is gone' {
        $script = Join-Path $TestDrive 'hold.ps1'
        Set-Content $script 'param($Panel, $Parameters); foreach ($bar in $Panel.Times) { $Parameters.side }'
        Invoke-Experiment hold sp500 -ScriptPath $script -Grid @{ side = 1, -1 } -From 2010-01-01 -WarningAction SilentlyContinue | Out-Null
        (Invoke-LastExperiment hold).Verdict | Should -Be 'Identical', 'Identical'

        Set-Content $script 'param($Panel, $Parameters); foreach ($bar in $Panel.Times) { 2 - $Parameters.side }'
        $changed = Invoke-LastExperiment hold
        $changed.Verdict | Should -Be 'Identical', 'Different'
        "$($changed[1].ChangedInputs)" | Should -Be 'code'

        Remove-Item $script
        $gone = Invoke-LastExperiment hold -WarningVariable warned -WarningAction SilentlyContinue
        $gone.Verdict | Should -Be 'Different', 'Different'
        "$($gone[0].ChangedInputs)" | Should -Be 'code'
        "$warned" | Should -BeLike '*hold.ps1*'
        $thrown = { Invoke-LastExperiment hold -FailOnMismatch -WarningAction SilentlyContinue } | Should -Throw -PassThru
        Get-AlphaExitCode $thrown | Should -Be 7
    }

    It 'records what a result may depend on' {
        $record = Get-Content ([IO.Path]::Combine($StorePath, 'experiments', $runs[0].ExperimentId, 'spec.json')) -Raw | ConvertFrom-Json
        foreach ($name in 'moduleVersion', 'runtime', 'operatingSystem', 'architecture', 'vectorBits', 'culture', 'machine', 'user') {
            $record.environment.PSObject.Properties.Name | Should -Contain $name
        }
        foreach ($name in 'codeHash', 'dataHash', 'policyHash', 'canonical', 'generator', 'gitCommit', 'gitDirty', 'firstBar', 'lastBar', 'periodsPerYear') {
            $record.PSObject.Properties.Name | Should -Contain $name
        }
        $record.spec.version | Should -Be 1
        $record.spec.seed | Should -Be 0
    }

    It 'has nothing to run in a store without runs' {
        $empty = Join-Path $TestDrive 'empty'
        Initialize-AlphaStore -Store $empty | Out-Null
        $thrown = { Invoke-LastExperiment -Store $empty } | Should -Throw -PassThru
        $thrown.FullyQualifiedErrorId | Should -BeLike 'RunNotFound,*'
    }
}
