Describe 'Test-AlphaStore' {
    BeforeAll { . (Join-Path $PSScriptRoot 'common.ps1') }

    BeforeEach {
        Remove-Item $StorePath -Recurse -ErrorAction Ignore
        Register-Alpha mom -Tag fx -Metric @{ sharpe = 1 } | Out-Null
        [pscustomobject]@{ date = [datetime]'2026-01-01'; close = 1.5 } |
            Import-Feature -Name px -Time date | Out-Null
        $file = Get-ChildItem (Join-Path $StorePath 'features') -Recurse -Filter *.parquet
    }

    It 'gives nothing when all is well' {
        Test-AlphaStore | Should -BeNullOrEmpty
    }

    It 'finds <Kind>' -TestCases @(
        @{ Kind = 'FileDamaged'; Severity = 'Error'; Damage = { [IO.File]::AppendAllText($args[0], 'x') } }
        @{ Kind = 'FileMissing'; Severity = 'Error'; Damage = { Remove-Item $args[0] } }
        @{ Kind = 'FolderMissing'; Severity = 'Error'; Damage = { Remove-Item (Split-Path $args[0]) -Recurse } }
        @{ Kind = 'FileUnknown'; Severity = 'Warning'; Damage = { Set-Content "$($args[0]).txt" 'x' } }
        @{ Kind = 'FolderUnknown'; Severity = 'Warning'; Damage = { New-Item (Join-Path (Split-Path $args[0]) ../v000009) -ItemType Directory } }
    ) {
        & $Damage $file.FullName | Out-Null

        $findings = @(Test-AlphaStore)

        $findings.Kind | Should -Be $Kind
        "$($findings.Severity)" | Should -Be $Severity
        $findings[0].Path | Should -BeLike "$StorePath*"
        $findings[0].Message | Should -Not -BeNullOrEmpty
    }

    It 'changes nothing' {
        New-Item (Join-Path $StorePath features px v000009) -ItemType Directory | Out-Null

        Test-AlphaStore | Out-Null

        Join-Path $StorePath features px v000009 | Should -Exist
        @(Test-AlphaStore).Count | Should -Be 1
    }

    It 'reports a damaged database with exit code 6' {
        [IO.File]::WriteAllText((Join-Path $StorePath 'registry.db'), 'no database')

        $thrown = { Test-AlphaStore } | Should -Throw -PassThru

        Get-AlphaExitCode $thrown | Should -Be 6
        $thrown.FullyQualifiedErrorId | Should -BeLike 'StoreCorrupt,*'
    }
}
