Describe 'Remove-FeatureSet' {
    BeforeAll { . (Join-Path $PSScriptRoot 'common.ps1') }

    BeforeEach {
        Get-FeatureSet -ErrorAction SilentlyContinue | Remove-FeatureSet -Confirm:$false
        foreach ($day in 1..3) { [pscustomobject]@{ time = "2020-01-0$day"; v = $day } | Import-Feature set -Time time -Mode Append }
    }

    It 'removes one version and its folder, and keeps the others' {
        $newest = (Get-FeatureSet set)[-1]
        Remove-FeatureSet set -Version $newest.Version -Confirm:$false

        $newest.Path | Should -Not -Exist
        (Get-FeatureSet set).Count | Should -Be 2
        (Get-Feature set).v | Should -Be 1, 2
    }

    It 'does not give a number again' {
        $newest = (Get-FeatureSet set)[-1].Version
        Remove-FeatureSet set -Confirm:$false

        ([pscustomobject]@{ time = '2020-01-09'; v = 9 } | Import-Feature set -Time time).Version | Should -Be ($newest + 1)
    }

    It 'removes nothing with -WhatIf' {
        Remove-FeatureSet set -WhatIf

        (Get-FeatureSet set).Count | Should -Be 3
    }

    It 'says which name it does not know' {
        $thrown = { Remove-FeatureSet nope -Confirm:$false -ErrorAction Stop } | Should -Throw -PassThru

        $thrown.FullyQualifiedErrorId | Should -BeLike 'FeatureSetNotFound,*'
    }
}
