<#
.SYNOPSIS
    The whole research loop on twenty years of daily S&P 500 prices: import, experiment, register, search, risk,
    drift, re-run. Everything it makes is in ./quickstart-store, or in the store that ALPHAFACTORY_STORE names.
#>
$ErrorActionPreference = 'Stop'

if (-not (Get-Module AlphaFactory)) {
    Import-Module ([IO.Path]::Combine($PSScriptRoot, '..', '..', 'AlphaFactory.psd1'))
}

if (-not $env:ALPHAFACTORY_STORE) {
    $env:ALPHAFACTORY_STORE = [IO.Path]::Combine((Get-Location).ProviderPath, 'quickstart-store')
}

$prices = [IO.Path]::Combine($PSScriptRoot, 'data', 'sp500-2000.csv')

'1. Import. A version never changes, and the same content again is the same version.'
Import-Feature -Name sp500 -Path $prices -Time date

'2. Experiment. Sixteen moving-average crossovers on 2000 to 2014, each recorded; the five best by Sharpe ratio.'
$null = Invoke-Experiment -Name sma-crossover -FeatureSet sp500 -To 2014-12-31 `
    -Expression 'sign(sma(close, $fast) - sma(close, $slow))' `
    -Grid @{ fast = 5, 10, 20, 40; slow = 50, 100, 150, 200 }
Get-Experiment -Name sma-crossover -SortBy sharpe -Descending -First 5

'3. Register the best, with tags, and the same rule on the years that it was not chosen on.'
$best = Get-Experiment -Name sma-crossover -SortBy sharpe -Descending -First 1
$best | Register-Alpha -Name sp500-sma -Tag equity, trend, in-sample -Description 'The best crossover of 2000 to 2014.'
Invoke-Experiment -Name sma-crossover-holdout -FeatureSet sp500 -From 2015-01-01 `
    -Expression 'sign(sma(close, $fast) - sma(close, $slow))' -Parameter $best.Parameters |
    Register-Alpha -Name sp500-sma -Tag equity, trend, out-of-sample -Description 'The same rule since 2015.'

'4. Search. Every trend alpha that gained, the best first.'
Get-Alpha -Tag trend -MinMetric total_return=0 -SortBy sharpe -Descending

'5. Risk. What the default policy says of each.'
Get-Alpha -Tag trend | Test-AlphaRisk

'6. Drift. Prices and volume of the last year of the data against all the years before it.'
$report = Invoke-DriftReport -FeatureSet sp500 -Column close, volume -Window 365.00:00:00
$report
$report.Features

'7. Re-run the last experiment from its record, and compare every metric bit by bit.'
Invoke-LastExperiment

"Done. The store is $env:ALPHAFACTORY_STORE; open $($report.HtmlPath) in a browser."
