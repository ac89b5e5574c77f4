Describe 'Optimize-AlphaStore' {
    BeforeAll { . (Join-Path $PSScriptRoot 'common.ps1') }

    BeforeEach {
        Remove-Item $StorePath -Recurse -ErrorAction Ignore
        1..50 | ForEach-Object { [pscustomobject]@{ Name = "a$_"; Description = 'x' * 20000 } } | Register-Alpha | Out-Null
        Get-Alpha a[1-4]* | Unregister-Alpha -Confirm:$false
    }

    It 'makes the database smaller and keeps what is in it' {
        $before = (Get-AlphaStore).DatabaseBytes
        $left = Get-Alpha

        $actions = @(Optimize-AlphaStore -Confirm:$false)

        $actions.Action | Should -Not -BeNullOrEmpty
        (Get-AlphaStore).DatabaseBytes | Should -BeLessThan ($before / 2)
        Compare-Object $left (Get-Alpha) | Should -BeNullOrEmpty
        Test-AlphaStore | Should -BeNullOrEmpty
    }

    It 'does nothing with -WhatIf' {
        $before = (Get-AlphaStore).DatabaseBytes

        Optimize-AlphaStore -WhatIf | Should -BeNullOrEmpty

        (Get-AlphaStore).DatabaseBytes | Should -Be $before
    }
}
