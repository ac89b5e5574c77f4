Describe 'Export-Alpha' {
    BeforeAll {
        . (Join-Path $PSScriptRoot 'common.ps1')
        Register-Alpha mom -Metric @{ sharpe = 1.5; turnover = 0.1 } -Tag fx, 'desk=london' -Stage Live | Out-Null
        Register-Alpha mom -Metric @{ sharpe = 1.6 } -Description '=HYPERLINK("x")' | Out-Null
        Register-Alpha carry -Metric @{ ic_mean = 0.02 } -Parameter @{ n = 20 } | Out-Null
    }

    Context 'files' {
        It 'has a column a metric and a parameter in CSV' {
            $file = Join-Path $TestDrive 'a.csv'
            Get-Alpha | Export-Alpha $file

            $rows = Import-Csv $file
            $rows.name | Should -Be 'mom', 'mom', 'carry'
            $rows[0].'metric.sharpe' | Should -Be '1.5'
            $rows[0].tags | Should -Be 'desk=london;fx'
            $rows[1].'metric.turnover' | Should -Be ''
            $rows[2].'param.n' | Should -Be '20'
        }

        It 'neutralises what a spreadsheet would run' {
            $file = Join-Path $TestDrive 'formula.csv'
            Get-Alpha mom -Version 2 | Export-Alpha $file

            (Import-Csv $file).description | Should -BeExactly "'=HYPERLINK(""x"")"
            (Import-Alpha $file -Store (Join-Path $TestDrive 'formula')).Description | Should -BeExactly '=HYPERLINK("x")'
        }

        It 'is an array in JSON that ConvertFrom-Json reads' {
            $file = Join-Path $TestDrive 'a.json'
            Export-Alpha $file -Name mom

            $items = Get-Content -Raw $file | ConvertFrom-Json
            $items.Count | Should -Be 2
            $items[0].metrics.sharpe | Should -Be 1.5
            $items[0].stage | Should -Be 'Live'
        }

        It 'does not depend on the culture' {
            $file = Join-Path $TestDrive 'culture.csv'
            $before = [cultureinfo]::CurrentCulture
            try {
                [cultureinfo]::CurrentCulture = 'de-DE'
                Get-Alpha carry | Export-Alpha $file
            }
            finally { [cultureinfo]::CurrentCulture = $before }

            (Import-Csv $file).'metric.ic_mean' | Should -Be '0.02'
        }

        It 'is written when there is nothing to export' {
            @() | Export-Alpha (Join-Path $TestDrive 'empty.json')

            Get-Content (Join-Path $TestDrive 'empty.json') | Should -Be '[]'
        }
    }

    Context 'what is there' {
        It 'is replaced, but not with -NoClobber' {
            $file = Join-Path $TestDrive 'there.csv'
            Set-Content $file 'mine'

            $thrown = { Get-Alpha | Export-Alpha $file -NoClobber } | Should -Throw -PassThru
            "$thrown" | Should -BeLike '*-NoClobber*'
            $thrown.FullyQualifiedErrorId | Should -BeLike 'FileExists,*'
            Get-Content $file | Should -Be 'mine'

            Get-Alpha | Export-Alpha $file
            (Import-Csv $file).Count | Should -Be 3
        }

        It 'is replaced with -Force only when it is read-only' {
            $file = Join-Path $TestDrive 'read-only.csv'
            Set-Content $file 'mine'
            Set-ItemProperty $file IsReadOnly $true

            $thrown = { Get-Alpha | Export-Alpha $file } | Should -Throw -PassThru
            "$thrown" | Should -BeLike '*-Force*'

            Get-Alpha | Export-Alpha $file -Force
            (Import-Csv $file).Count | Should -Be 3
        }

        It 'stays readable to whom has it open' {
            $file = Join-Path $TestDrive 'open.csv'
            Set-Content $file 'mine'
            $reader = [IO.File]::Open($file, 'Open', 'Read', 'ReadWrite, Delete')
            try {
                Get-Alpha | Export-Alpha $file
                [IO.StreamReader]::new($reader).ReadToEnd().Trim() | Should -Be 'mine'
            }
            finally { $reader.Dispose() }

            (Import-Csv $file).Count | Should -Be 3
        }
    }

    Context 'errors' {
        It 'refuses <Scenario> with <Id>' -TestCases @(
            @{ Scenario = 'another extension'; File = 'a.xlsx'; Id = 'FileFormatInvalid' }
            @{ Scenario = 'a drive that is not there'; File = 'nodrive:/a.csv'; Id = 'PathNotFound' }
            @{ Scenario = 'a path that is no file'; File = 'env:/a.csv'; Id = 'PathNotFound' }
        ) {
            $thrown = { Get-Alpha | Export-Alpha $File } | Should -Throw -PassThru

            $thrown.FullyQualifiedErrorId | Should -BeLike "$Id,*"
        }

        It 'refuses a folder' {
            New-Item -ItemType Directory (Join-Path $TestDrive 'folder.csv') | Out-Null

            { Get-Alpha | Export-Alpha (Join-Path $TestDrive 'folder.csv') } | Should -Throw '*is a folder*'
        }
    }

    Context 'other ways out' {
        It 'Export-Csv gives a column a metric and joins tags' {
            $file = Join-Path $TestDrive 'ps.csv'
            Get-Alpha | Export-Csv $file

            $rows = Import-Csv $file
            $rows[0].sharpe, $rows[0].Tags, $rows[2].ic_mean | Should -Be '1.5', 'desk=london;fx', '0.02'
            (Get-Content -Raw $file) | Should -Not -BeLike '*AlphaFactory.Core*'
        }

        It 'ConvertTo-Json is readable' {
            $json = Get-Alpha mom -Version 1 | ConvertTo-Json

            $read = $json | ConvertFrom-Json
            $read.Metrics.sharpe | Should -Be 1.5
            $read.Tags | Should -Be 'desk=london', 'fx'
            $read.Stage | Should -Be 'Live'
            $json.Length | Should -BeLessThan 1500
        }

        It 'alphas group, sort and compare by what they are' {
            (Get-Alpha | Group-Object Stage).Name | Sort-Object | Should -Be 'Live', 'Research'
            "$(Get-Alpha | Sort-Object)" | Should -Be 'carry v1 mom v1 mom v2'
            (Get-Alpha mom -Version 1) -eq (Get-Alpha mom -Version 1) | Should -BeTrue
            (Get-Alpha mom -Version 1) -eq (Get-Alpha mom -Version 2) | Should -BeFalse
            (Get-Alpha carry).Metrics -eq (Get-Alpha carry).Metrics | Should -BeTrue
        }

        It 'alphas bind to <Cmdlet>' -TestCases @(
            @{ Cmdlet = 'Get-Alpha' }
            @{ Cmdlet = 'Test-AlphaRisk' }
        ) {
            @(Get-Alpha carry | & $Cmdlet).Count | Should -Be 1
        }
    }
}
