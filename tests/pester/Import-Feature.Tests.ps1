Describe 'Import-Feature' {
    BeforeAll { . (Join-Path $PSScriptRoot 'common.ps1') }

    It 'takes rows that Import-Csv gives like the file itself' {
        $file = Join-Path $TestDrive 'rows.csv'
        Set-Content -LiteralPath $file -Value 'time,entity,v', '2020-01-01,A,1.5', '2020-01-02,A,'

        $direct = Import-Feature direct $file -Time time -Entity entity
        $piped = Import-Csv -LiteralPath $file | Import-Feature piped -Time time -Entity entity

        $piped.ContentHash | Should -Be $direct.ContentHash
    }

    It 'takes files from Get-ChildItem' {
        1..2 | ForEach-Object { Set-Content -LiteralPath (Join-Path $TestDrive "part-$_.csv") -Value 'time,v', "2020-01-0$_,$_" }

        (Get-ChildItem $TestDrive -Filter 'part-*.csv' | Import-Feature parts -Time time).Rows | Should -Be 2
    }

    It 'reads objects alike in <_>' -ForEach 'de-DE', 'ar-SA', 'en-US' {
        $before = [cultureinfo]::CurrentCulture
        try {
            [cultureinfo]::CurrentCulture = $_
            $set = [pscustomobject]@{ time = '2020-01-31'; v = '1.5' } | Import-Feature "c-$_" -Time time
        }
        finally {
            [cultureinfo]::CurrentCulture = $before
        }

        (Get-Feature $set.Name).v | Should -Be 1.5
    }

    It 'quarantines bad rows, counts them and warns' {
        $set = [pscustomobject]@{ time = '2020-01-01'; v = 1 }, [pscustomobject]@{ time = 'soon'; v = 2 } |
            Import-Feature bad -Time time -OnError Quarantine -WarningVariable warned -WarningAction SilentlyContinue

        $set.Quarantined | Should -Be 1
        "$warned" | Should -BeLike "*'soon' is not a time*"
        (Import-Csv (Join-Path $set.Path 'quarantine.csv')).value | Should -Be 'soon'
    }

    It 'refuses <Scenario> with <Id>' -TestCases @(
        @{ Scenario = 'a version that is not the expected one'; Arguments = @{ ExpectedVersion = 7 }; Id = 'VersionConflict' }
        @{ Scenario = 'a column that is not there'; Arguments = @{ KnownAt = 'nope' }; Id = 'SchemaMismatch' }
        @{ Scenario = 'a name with a slash'; Arguments = @{ Name = 'a/b' }; Id = 'NameInvalid' }
    ) {
        $all = @{ Name = 'refused'; Time = 'time'; ErrorAction = 'Stop' } + @{}
        foreach ($key in $Arguments.Keys) { $all[$key] = $Arguments[$key] }

        $thrown = { [pscustomobject]@{ time = '2020-01-01'; v = 1 } | Import-Feature @all } | Should -Throw -PassThru

        $thrown.FullyQualifiedErrorId | Should -BeLike "$Id,*"
        Get-FeatureSet refused* | Should -BeNullOrEmpty
    }
}
