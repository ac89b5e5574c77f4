Describe 'Get-FeatureSet' {
    BeforeAll {
        . (Join-Path $PSScriptRoot 'common.ps1')
        foreach ($name in 'fx', 'rates') { [pscustomobject]@{ time = '2020-01-01'; v = 1 } | Import-Feature $name -Time time }
        [pscustomobject]@{ time = '2020-01-02'; v = 2 } | Import-Feature fx -Time time -Mode Append
    }

    It 'lists every version, the newest last' {
        $sets = Get-FeatureSet

        $sets.Name | Should -Be 'fx', 'fx', 'rates'
        $sets.Version | Should -Be 1, 2, 1
        $sets[1].Rows | Should -Be 2
        $sets[1].Path | Should -Exist
    }

    It 'takes patterns and names from the pipeline' {
        ('f*', 'RATES' | Get-FeatureSet).Name | Should -Be 'fx', 'fx', 'rates'
        Get-FeatureSet 'z*' | Should -BeNullOrEmpty
    }

    It 'says which name it does not know' {
        Get-FeatureSet fy -ErrorAction SilentlyContinue -ErrorVariable failed | Should -BeNullOrEmpty

        $failed[0].FullyQualifiedErrorId | Should -BeLike 'FeatureSetNotFound,*'
        "$($failed[0])" | Should -BeLike "*'fx'*"
    }
}
