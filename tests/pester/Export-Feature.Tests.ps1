Describe 'Export-Feature' {
    BeforeAll {
        . (Join-Path $PSScriptRoot 'common.ps1')
        [pscustomobject]@{ time = '2020-01-01'; v = 1.5 }, [pscustomobject]@{ time = '2020-01-02'; v = $null } |
            Import-Feature set -Time time
    }

    It 'writes <_> that imports as the same content' -ForEach 'csv', 'parquet' {
        $path = Join-Path $TestDrive "out.$_"
        Export-Feature set $path

        (Import-Feature "from-$_" $path -Time time).ContentHash | Should -Be (Get-FeatureSet set).ContentHash
    }

    It 'writes JSON, with derived columns' {
        $path = Join-Path $TestDrive 'out.json'
        Export-Feature set $path -Expression @{ twice = '2 * v' }

        $rows = Get-Content -Raw -LiteralPath $path | ConvertFrom-Json
        $rows.twice | Should -Be 3, $null
    }

    It 'writes nothing with -WhatIf, and not over a file with -NoClobber' {
        $path = Join-Path $TestDrive 'kept.csv'
        Export-Feature set $path -WhatIf
        $path | Should -Not -Exist
        Set-Content -LiteralPath $path -Value 'mine'
        { Export-Feature set $path -NoClobber -ErrorAction Stop } | Should -Throw
        Get-Content -LiteralPath $path | Should -Be 'mine'
    }

    It 'refuses another extension' {
        $thrown = { Export-Feature set (Join-Path $TestDrive 'out.txt') -ErrorAction Stop } | Should -Throw -PassThru

        $thrown.FullyQualifiedErrorId | Should -BeLike 'FileFormatInvalid,*'
    }
}
