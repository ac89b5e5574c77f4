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
    $env:ALPHAFACTORY_STORE = [IO.Path]::Combine($PWD.ProviderPath, 'quickstart-store')
}

$prices = [IO.Path]::Combine($PSScriptRoot, 'data', 'sp500-2000.csv')

$rule = 'sign(sma(close, $fast) - sma(close, $slow))'

'1. Import. A version never changes, and the same content again is the same version.'
Import-Feature -Name sp500 -Path $prices -Time date | Out-Host

'2. Experiment. Sixteen moving-average crossovers on 2000 to 2014, each recorded. The five best by Sharpe ratio:'
$grid = Invoke-Experiment -Name sma-crossover -FeatureSet sp500 -Expression $rule -To 2014-12-31 `
    -Grid @{ fast = 5, 10, 20, 40; slow = 50, 100, 150, 200 }
Get-Experiment -RunId $grid[0].ExperimentId -SortBy sharpe -Descending -First 5 | Out-Host

'3. Register the best with tags, and beside it the same rule on the years that it was not chosen on.'
$best = Get-Experiment -RunId $grid[0].ExperimentId -SortBy sharpe -Descending -First 1
$best | Register-Alpha -Name sp500-sma -Tag equity, trend, in-sample -Description 'The best crossover of 2000 to 2014.' |
    Out-Host
Invoke-Experiment -Name sma-crossover-since-2015 -FeatureSet sp500 -Expression $rule -From 2015-01-01 `
    -Parameter $best.Parameters |
    Register-Alpha -Name sp500-sma-since-2015 -Tag equity, trend, out-of-sample -Description 'The same rule since 2015.' |
    Out-Host

'4. Search. Trend alphas with a Sharpe ratio of -1 or more, the best first:'
Get-Alpha -Tag trend -MinMetric sharpe=-1 -SortBy sharpe -Descending | Out-Host

'5. Risk. What the default policy says of them:'
Get-Alpha -Tag trend | Test-AlphaRisk | Out-Host

'6. Drift. Price and volume of the last year of the data against all the years before it:'
$report = Invoke-DriftReport -FeatureSet sp500 -Column close, volume -Window 365.00:00:00
$report | Out-Host
$report.Features | Out-Host

'7. Re-run the grid from its record, and compare every metric bit by bit:'
Invoke-LastExperiment -Name sma-crossover | Out-Host

"Done. The store is $env:ALPHAFACTORY_STORE"
"The drift report is $($report.HtmlPath)"
