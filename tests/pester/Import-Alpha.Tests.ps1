Describe 'Import-Alpha' {
    BeforeAll {
        . (Join-Path $PSScriptRoot 'common.ps1')

        function New-StorePath { Join-Path $TestDrive "store-$([guid]::NewGuid())" }

        function New-File {
            param([string] $Name, [string] $Text)

            $path = Join-Path $TestDrive $Name
            Set-Content -LiteralPath $path -Value $Text
            $path
        }
    }

    It 'gives the metrics of all files as columns' {
        $store = New-StorePath
        Register-Alpha a -Metric @{ sharpe = 1 } -Store $store | Export-Alpha (Join-Path $TestDrive 'u1.json')
        Register-Alpha b -Metric @{ ic_mean = 2 } -Store $store | Export-Alpha (Join-Path $TestDrive 'u2.json')

        $rows = Get-ChildItem (Join-Path $TestDrive 'u?.json') | Import-Alpha -Store (New-StorePath) | ConvertTo-Csv | ConvertFrom-Csv

        $rows.Name | Should -Be 'a', 'b'
        $rows[0].sharpe | Should -Be 1
        $rows[1].ic_mean | Should -Be 2
    }

    Context 'what was exported' {
        BeforeAll {
            Register-Alpha mom -Metric @{ sharpe = 1.5; odd = [double]::NaN; zero = -0.0 } -Tag fx, '=x', 'desk=london' -Stage Live -Description "=1+1`r`n'a', ""b""" | Out-Null
            Register-Alpha mom -Metric @{ ic_mean = [double]::NegativeInfinity } -Parameter @{ n = 20; x = 20.0; flag = $true; text = '20'; formula = '=1'; day = [datetime]::SpecifyKind('2015-01-02', 'Utc') } | Out-Null
            Register-Alpha carry -CodePath $PSCommandPath -Author '🚀 עברית' | Out-Null
        }

        It 'comes back from <Extension> so that a second export is the same file' -TestCases @(
            @{ Extension = 'csv' }
            @{ Extension = 'json' }
        ) {
            $first = Join-Path $TestDrive "first.$Extension"
            $second = Join-Path $TestDrive "second.$Extension"
            $store = New-StorePath
            Get-Alpha | Export-Alpha $first

            $imported = Import-Alpha $first -Store $store
            Get-Alpha -Store $store | Export-Alpha $second

            (Get-FileHash $second).Hash | Should -Be (Get-FileHash $first).Hash
            Compare-Object (Get-Alpha) $imported | Should -BeNullOrEmpty
            $imported[0].sharpe | Should -Be 1.5
            $imported[1].Parameters.n | Should -BeOfType [long]
            $imported[1].Parameters.x | Should -BeOfType [double]
            $imported[2].CodeHash | Should -Be (Get-FileHash $PSCommandPath).Hash.ToLowerInvariant()
        }

        It 'is skipped, and says so, where it is already' {
            $file = Join-Path $TestDrive 'again.csv'
            Get-Alpha | Export-Alpha $file

            $output = Import-Alpha $file -Verbose 4>&1

            @($output | Where-Object { "$_" -like '*it is skipped.' }).Count | Should -Be @(Get-Alpha).Count
            $output | Where-Object { $_ -isnot [System.Management.Automation.VerboseRecord] } | Should -BeNullOrEmpty
        }

        It 'keeps versions, and the next registration comes after the newest' {
            $store = New-StorePath
            $file = New-File 'gap.csv' "name,version`nmom,3`nmom,7"

            (Import-Alpha $file -Store $store).Version | Should -Be 3, 7

            (Register-Alpha mom -Store $store).Version | Should -Be 8
        }
    }

    Context 'files' {
        It 'may be written by hand' {
            $file = New-File 'hand.csv' "name;metric.sharpe;tags`nhand;1.5;'=x`nhand;;"

            $alphas = Import-Alpha $file -Store (New-StorePath)

            $alphas.Version | Should -Be 1, 2
            $alphas[0].Tags | Should -Be '=x'
            $alphas[0].sharpe | Should -Be 1.5
            $alphas[1].sharpe | Should -BeNullOrEmpty
        }

        It 'come by <Scenario>' -TestCases @(
            @{ Scenario = 'a wildcard'; Script = { Import-Alpha (Join-Path $TestDrive 'w*.csv') -Store $store } }
            @{ Scenario = 'a list'; Script = { Import-Alpha $one, $two -Store $store } }
            @{ Scenario = 'Get-ChildItem'; Script = { Get-ChildItem $one, $two | Import-Alpha -Store $store } }
            @{ Scenario = 'paths in the pipeline'; Script = { $one, $two | Import-Alpha -Store $store } }
            @{ Scenario = 'a literal path'; Script = { Import-Alpha -LiteralPath $one, $two -Store $store } }
        ) {
            $one = New-File 'w1.csv' "name`na"
            $two = New-File 'w2.csv' "name`nb"
            $store = New-StorePath

            (& $Script).Name | Should -Be 'a', 'b'
        }

        It 'are imported whole or not at all' {
            $store = New-StorePath
            $file = New-File 'half.csv' "name,metric.sharpe`na,1`nb,x"

            $thrown = { Import-Alpha $file -Store $store -ErrorAction Stop } | Should -Throw -PassThru

            $thrown.FullyQualifiedErrorId | Should -BeLike 'RowInvalid,*'
            "$thrown" | Should -BeLike "file 'half.csv', row 2, column 'metric.sharpe': 'x' is not a number.*"
            Test-Path $store | Should -BeFalse
        }

        It 'change nothing with -WhatIf' {
            $store = New-StorePath

            Import-Alpha (New-File 'if.csv' "name`na") -Store $store -WhatIf | Should -BeNullOrEmpty

            Test-Path $store | Should -BeFalse
        }
    }

    Context 'errors' {
        It 'refuses <Scenario> with <Id>' -TestCases @(
            @{ Scenario = 'an unknown column'; Name = 'e.csv'; Text = "name,sharpe`na,1"; Id = 'FileFormatInvalid' }
            @{ Scenario = 'no name'; Name = 'e.csv'; Text = "version`n1"; Id = 'FileFormatInvalid' }
            @{ Scenario = 'a bad name'; Name = 'e.csv'; Text = "name`nCON"; Id = 'RowInvalid' }
            @{ Scenario = 'broken JSON'; Name = 'e.json'; Text = '[{'; Id = 'FileFormatInvalid' }
            @{ Scenario = 'an item that is no alpha'; Name = 'e.json'; Text = '[{"name":"a","metrics":{"m":"x"}}]'; Id = 'RowInvalid' }
            @{ Scenario = 'another extension'; Name = 'e.xlsx'; Text = 'x'; Id = 'FileFormatInvalid' }
        ) {
            $file = New-File $Name $Text

            $thrown = { Import-Alpha $file -ErrorAction Stop } | Should -Throw -PassThru

            $thrown.FullyQualifiedErrorId | Should -BeLike "$Id,*"
            Get-AlphaExitCode $thrown | Should -Be 2
        }

        It 'tells of every alpha that conflicts' {
            $store = New-StorePath
            Import-Alpha (New-File 'c1.csv' "name,version,metric.m`na,1,1`nb,1,1") -Store $store | Out-Null
            $file = New-File 'c2.csv' "name,version,metric.m`na,1,2`nb,1,2`nc,1,1"

            Import-Alpha $file -Store $store -ErrorAction SilentlyContinue -ErrorVariable conflicts | Should -BeNullOrEmpty

            $conflicts.FullyQualifiedErrorId | Should -Be (@('VersionConflict,AlphaFactory.Cmdlets.Commands.ImportAlphaCommand') * 2)
            (Get-Alpha -Store $store).Name | Should -Be 'a', 'b'
        }
    }

    Context 'exit code' {
        It 'is <Code> of pwsh -File after <Scenario>' -TestCases @(
            @{ Scenario = 'a file that is not there'; Script = 'Import-Alpha no.csv -ErrorAction Stop'; Code = 5 }
            @{ Scenario = 'a bad extension'; Script = 'Import-Alpha no.xls -ErrorAction Stop'; Code = 2 }
        ) {
            $idiom = "`$ErrorActionPreference = 'Stop'`ntry { $Script } catch { Write-Host `$_; exit (Get-AlphaExitCode `$_) }"

            (Invoke-Pwsh $idiom -AsFile).ExitCode | Should -Be $Code
        }
    }
}
