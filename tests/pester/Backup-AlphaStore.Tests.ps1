Describe 'Backup-AlphaStore' {
    BeforeAll { . (Join-Path $PSScriptRoot 'common.ps1') }

    BeforeEach {
        Remove-Item $StorePath -Recurse -ErrorAction Ignore
        Register-Alpha mom -Tag fx -Metric @{ sharpe = 1 } | Out-Null
        [pscustomobject]@{ date = [datetime]'2026-01-01'; close = 1.5 } |
            Import-Feature -Name px -Time date | Out-Null
        $copy = Join-Path $TestDrive "copy-$([guid]::NewGuid())"
    }

    It 'makes a store of its own' {
        $made = Backup-AlphaStore $copy
        Register-Alpha later | Out-Null

        $made.Path | Should -Be $copy
        "$(Get-Alpha -Store $copy)" | Should -Be 'mom v1'
        (Get-Feature px -Store $copy).close | Should -Be 1.5
        Test-AlphaStore -Store $copy | Should -BeNullOrEmpty
        Compare-Object (Get-Alpha mom) (Get-Alpha mom -Store $copy) | Should -BeNullOrEmpty
    }

    It 'makes nothing with -WhatIf' {
        Backup-AlphaStore $copy -WhatIf | Should -BeNullOrEmpty

        $copy | Should -Not -Exist
    }

    It 'leaves a folder that is not empty as it is' {
        New-Item $copy -ItemType Directory | Out-Null
        Set-Content (Join-Path $copy mine.txt) 'mine'

        { Backup-AlphaStore $copy } | Should -Throw

        (Get-ChildItem $copy).Name | Should -Be 'mine.txt'
    }

    It 'copies what is damaged with -Force only' {
        $file = Get-ChildItem (Join-Path $StorePath features) -Recurse -Filter *.parquet
        [IO.File]::AppendAllText($file.FullName, 'x')

        $thrown = { Backup-AlphaStore $copy } | Should -Throw -PassThru
        Get-AlphaExitCode $thrown | Should -Be 6
        $copy | Should -Not -Exist

        Backup-AlphaStore $copy -Force -WarningVariable warnings -WarningAction SilentlyContinue | Out-Null
        $warnings.Count | Should -Be 1
        (Test-AlphaStore -Store $copy).Kind | Should -Be 'FileDamaged'
    }
}
