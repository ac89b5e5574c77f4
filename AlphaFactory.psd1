@{
    RootModule           = 'module/bin/AlphaFactory.Cmdlets.dll'
    ModuleVersion        = '1.1.0'
    GUID                 = '6f0c1b5e-8f0a-4a35-9b0e-2f5d3f1f7a11'
    Author               = 'AlphaFactory contributors'
    Copyright            = '(c) AlphaFactory contributors'
    Description          = 'A quant researcher''s ledger: import market data, try alphas reproducibly, keep the good ones in a searchable registry, guard them with a risk governor, and watch them drift.'
    PowerShellVersion    = '7.6'
    CompatiblePSEditions = @('Core')
    FormatsToProcess     = @('module/AlphaFactory.Format.ps1xml')
    CmdletsToExport      = @(
        'Backup-AlphaStore'
        'Export-Alpha'
        'Export-Feature'
        'Get-Alpha'
        'Get-AlphaExitCode'
        'Get-AlphaHistory'
        'Get-AlphaStore'
        'Get-DriftHistory'
        'Get-Experiment'
        'Get-ExperimentEquity'
        'Get-Feature'
        'Get-FeatureSet'
        'Get-RiskEvent'
        'Get-RiskPolicy'
        'Get-RiskRule'
        'Import-Alpha'
        'Import-Feature'
        'Initialize-AlphaStore'
        'Invoke-DriftReport'
        'Invoke-Experiment'
        'Invoke-LastExperiment'
        'Join-Feature'
        'Measure-Experiment'
        'Optimize-AlphaStore'
        'Register-Alpha'
        'Remove-Experiment'
        'Remove-FeatureSet'
        'Repair-AlphaStore'
        'Set-Alpha'
        'Test-AlphaRisk'
        'Test-AlphaStore'
        'Unregister-Alpha'
    )
    FunctionsToExport    = @()
    AliasesToExport      = @()
    VariablesToExport    = @()
    PrivateData          = @{
        PSData = @{
            Tags = @('quant', 'backtest', 'registry', 'drift', 'risk')
        }
    }
}
