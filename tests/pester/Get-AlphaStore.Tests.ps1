Describe 'Get-AlphaStore' {
    BeforeAll {
        . (Join-Path $PSScriptRoot 'common.ps1')
        1..2 | ForEach-Object { Register-Alpha mom } | Out-Null
        Register-Alpha carry | Out-Null
        [pscustomobject]@{ date = [datetime]'2026-01-01'; close = 1.5 } |
            Import-Feature -Name px -Time date | Out-Null
    }

    It 'counts what is in it' {
        $store = Get-AlphaStore

        $store.Alphas | Should -Be 2
        $store.AlphaVersions | Should -Be 3
        $store.FeatureSets | Should -Be 1
        $store.FeatureVersions | Should -Be 1
        $store.Leftovers | Should -Be 0
        $store.TotalBytes | Should -BeGreaterThan $store.DatabaseBytes
    }

    It 'says where, which and when' {
        $store = Get-AlphaStore -Store $StorePath

        $store.Path | Should -Be $StorePath
        $store.Id | Should -Be (Get-Content (Join-Path $StorePath 'store.json') | ConvertFrom-Json).id
        $store.Schema | Should -Be $store.ModuleSchema
        $store.ChangedAt | Should -BeGreaterOrEqual $store.CreatedAt
    }

    It 'fits a terminal of 80 columns' {
        $lines = (Get-AlphaStore | Out-String -Width 80) -split "`r?`n"

        ($lines | Measure-Object Length -Maximum).Maximum | Should -BeLessOrEqual 80
        $lines -join "`n" | Should -Match 'Alphas'
    }

    It 'says that there is none, and what to do' {
        $thrown = { Get-AlphaStore -Store (Join-Path $TestDrive 'nosuch') } | Should -Throw -PassThru

        Get-AlphaExitCode $thrown | Should -Be 5
        $thrown.FullyQualifiedErrorId | Should -BeLike 'StoreNotFound,*'
        "$thrown" | Should -Match '-Store'
    }
}
