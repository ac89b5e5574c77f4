Describe 'Repair-AlphaStore' {
    BeforeAll { . (Join-Path $PSScriptRoot 'common.ps1') }

    BeforeEach {
        Remove-Item $StorePath -Recurse -ErrorAction Ignore
        [pscustomobject]@{ date = [datetime]'2026-01-01'; close = 1.5 } |
            Import-Feature -Name px -Time date | Out-Null
        $unknown = Join-Path $StorePath features px v000009
        New-Item $unknown -ItemType Directory | Out-Null
        Set-Content (Join-Path $unknown note.txt) 'mine'
    }

    It 'moves a folder that nothing names aside and says so' {
        $actions = @(Repair-AlphaStore -Confirm:$false)

        $actions.Path | Should -Contain (Join-Path $StorePath "lost+found" features px v000009)
        $unknown | Should -Not -Exist
        Get-ChildItem (Join-Path $StorePath 'lost+found') -Recurse -Filter note.txt | Get-Content | Should -Be 'mine'
        Test-AlphaStore | Should -BeNullOrEmpty
    }

    It 'says what it would do with -WhatIf and does nothing' {
        Repair-AlphaStore -WhatIf | Should -BeNullOrEmpty

        Join-Path $unknown note.txt | Should -Exist
        Join-Path $StorePath 'lost+found' | Should -Not -Exist
    }

    It 'leaves what it cannot mend' {
        $file = Get-ChildItem (Join-Path $StorePath features px v000001) -Recurse -Filter *.parquet
        [IO.File]::AppendAllText($file.FullName, 'x')

        Repair-AlphaStore -Confirm:$false | Out-Null

        (Test-AlphaStore).Kind | Should -Be 'FileDamaged'
    }
}
