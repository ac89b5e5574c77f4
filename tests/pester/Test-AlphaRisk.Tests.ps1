Describe 'Test-AlphaRisk' {
    BeforeAll {
        . (Join-Path $PSScriptRoot 'common.ps1')
        $prices = [IO.Path]::Combine($PSScriptRoot, '..', '..', 'docs', 'examples', 'data', 'sp500-2000.csv')
        Import-Feature -Name sp500 -Path $prices -Time date | Out-Null
    }

    It 'judges parameters that nothing ran with yet, and logs the denial' {
        $verdict = Test-AlphaRisk -Parameter @{ lookback = 0 }

        $verdict.Outcome | Should -Be 'Deny'
        $finding = $verdict.Findings | Where-Object Code -EQ 'PARAM_LOOKBACK_NONPOSITIVE'
        $finding.Observed, $finding.Limit, $finding.Operator | Should -Be 0, 1, '>='
        (Test-AlphaRisk -Parameter @{ lookback = 20 }).Outcome | Should -Be 'Allow'
    }

    It 'holds parameters to the ranges of a policy' {
        $policy = Join-Path $TestDrive 'ranges.json'
        Set-Content $policy '{ "parameters": { "fast": { "minimum": 2, "maximum": 50 } } }'

        (Test-AlphaRisk -Parameter @{ fast = 51 } -Policy $policy).Findings.Code | Should -Be 'PARAM_OUT_OF_RANGE'
        Test-AlphaRisk -Parameter @{ fast = 50 } -Policy $policy -Quiet | Should -BeTrue
    }

    It 'warns of a run that earns what a registered alpha earns' {
        Invoke-Experiment held sp500 close -SaveEquity | Register-Alpha | Out-Null
        $verdict = Invoke-Experiment again sp500 'close * 2' | Test-AlphaRisk -Policy permissive

        $finding = $verdict.Findings | Where-Object Code -EQ 'PORT_CORRELATED'
        $finding.Severity | Should -Be 'Warn'
        [math]::Round($finding.Observed, 9) | Should -Be 1
        $finding.Message | Should -BeLike "*'held v1'*"
    }

    It 'blocks an alpha whose data have drifted' {
        Invoke-DriftReport sp500 -Column close -OutputPath (Join-Path $TestDrive 'drift') | ForEach-Object Drifted | Should -BeTrue
        $verdict = Get-Alpha held | Test-AlphaRisk

        $verdict.Outcome | Should -Be 'Deny'
        $verdict.Findings.Code | Should -Contain 'OPS_DRIFT_BLOCK'
        $thrown = { Get-Alpha held | Test-AlphaRisk -FailFast } | Should -Throw -PassThru
        Get-AlphaExitCode $thrown | Should -Be 3
    }

    It 'has a rule for every code of the table' {
        $codes = (Get-RiskRule).Code
        foreach ($code in 'PARAM_OUT_OF_RANGE', 'DATA_STALE', 'DATA_DUPLICATE_KEY', 'DATA_NON_MONOTONIC', 'LEAK_FUTURE_REFERENCE', 'LEAK_TRUNCATION_MISMATCH', 'LEAK_KNOWLEDGE_TIME', 'PORT_CONCENTRATION', 'PORT_CORRELATED', 'OPS_DRIFT_BLOCK', 'OPS_POLICY_CHANGED') {
            $codes | Should -Contain $code
        }
    }
}
