#!/usr/bin/env pwsh
<#
.SYNOPSIS
    Builds, tests and packages AlphaFactory, for people who have PowerShell. Everything it does is a dotnet
    command that works without it.
.PARAMETER Task
    Build: the module, imported in place from AlphaFactory.psd1.
    Test: the test suites, then Pester where it is installed.
    Package: the module with the natives of every platform, in bin/package.
.EXAMPLE
    ./build.ps1 -Task Test
#>
[CmdletBinding()]
param(
    [ValidateSet('Build', 'Test', 'Package')]
    [string[]] $Task = 'Build',

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Release'
)

$ErrorActionPreference = 'Stop'
Set-Location $PSScriptRoot

function Invoke-Native {
    param([Parameter(Mandatory)][string] $Command, [Parameter(ValueFromRemainingArguments)][string[]] $Arguments)
    & $Command @Arguments
    if ($LASTEXITCODE -ne 0) {
        throw "$Command $Arguments ended with $LASTEXITCODE."
    }
}

function Invoke-PesterSuite {
    if (-not (Get-Module Pester -ListAvailable | Where-Object { $_.Version.Major -ge 5 })) {
        Write-Warning 'Pester 5 is not installed: the Pester suite did not run. Install-Module Pester.'
        return
    }

    Import-Module Pester -MinimumVersion 5.0
    $settings = New-PesterConfiguration
    $settings.Run.Path = 'tests/pester'
    $settings.Run.Throw = $true
    $settings.Output.Verbosity = 'Normal'
    Invoke-Pester -Configuration $settings
}

switch ($Task) {
    'Build' {
        Invoke-Native dotnet build --configuration $Configuration
    }
    'Test' {
        Invoke-Native dotnet test --configuration $Configuration
        Invoke-PesterSuite
    }
    'Package' {
        Invoke-Native dotnet build src/AlphaFactory.Cmdlets --configuration $Configuration -t:PackageModule
    }
}
