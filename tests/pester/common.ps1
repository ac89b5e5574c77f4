# Dot-sourced by every test file in BeforeAll: imports the module from the source tree and gives the file a store
# of its own, which goes with Pester's TestDrive.
$ErrorActionPreference = 'Stop'
$Manifest = [IO.Path]::GetFullPath([IO.Path]::Combine($PSScriptRoot, '..', '..', 'AlphaFactory.psd1'))
Import-Module $Manifest -Force
$StorePath = Join-Path $TestDrive 'store'
$env:ALPHAFACTORY_STORE = $StorePath

# Runs a script with a new pwsh and gives its exit code and what it wrote.
function Invoke-Pwsh {
    param([Parameter(Mandatory)] [string] $Script, [switch] $AsFile)

    $text = "Import-Module '$Manifest'`n$Script"
    if ($AsFile) {
        $file = Join-Path $TestDrive "$([guid]::NewGuid()).ps1"
        Set-Content -LiteralPath $file -Value $text
        $arguments = '-File', $file
    }
    else {
        $arguments = '-Command', $text
    }

    $output = & (Get-Process -Id $PID).Path -NoLogo -NoProfile -NonInteractive @arguments 2>&1
    [pscustomobject]@{ ExitCode = $LASTEXITCODE; Output = "$output" }
}
