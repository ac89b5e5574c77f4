Describe 'Get-Feature' {
    BeforeAll {
        . (Join-Path $PSScriptRoot 'common.ps1')
        $file = Join-Path $TestDrive 'rows.csv'
        Set-Content -LiteralPath $file -Value 'time,entity,v,known', '2020-01-01,A,1,2020-01-02', '2020-01-01,A,2,2020-02-01',
            '2020-01-02,A,4,2020-01-03', '2020-01-02,B,8,2020-01-03'
        Import-Feature set $file -Time time -Entity entity -KnownAt known
    }

    It 'gives <Expected> for <Scenario>' -TestCases @(
        @{ Scenario = 'the latest known'; Arguments = @{}; Expected = 2, 4, 8 }
        @{ Scenario = 'every vintage'; Arguments = @{ History = $true }; Expected = 1, 2, 4, 8 }
        @{ Scenario = 'what was known then'; Arguments = @{ AsOf = '2020-01-31'; Version = 1 }; Expected = 1, 4, 8 }
        @{ Scenario = 'one entity'; Arguments = @{ Entity = 'B' }; Expected = , 8 }
        @{ Scenario = 'a day'; Arguments = @{ From = '2020-01-01'; To = '2020-01-01' }; Expected = , 2 }
    ) {
        (Get-Feature set @Arguments).v | Should -Be $Expected
    }

    It 'gives columns in the order wanted, and times of kind Utc' {
        $row = Get-Feature set -Column v, TIME -Entity B

        $row.psobject.Properties.Name | Should -Be 'v', 'time'
        $row.time.Kind | Should -Be 'Utc'
    }

    It 'derives columns over the history before -From' {
        $rows = Get-Feature set -Entity A -From 2020-01-02 -Expression @{ gain = 'delta(v, 1)' }

        $rows.gain | Should -Be 2
    }

    It 'says how many rows became known later' {
        $said = Get-Feature set -AsOf 2020-01-31 -Version 1 -Verbose 4>&1 | Where-Object { $_ -is [Management.Automation.VerboseRecord] }

        "$said" | Should -BeLike '*Withheld 1 row of*'
    }

    It 'stops early' {
        Get-Feature set | Select-Object -First 1 -ExpandProperty v | Should -Be 2
    }

    It 'refuses <Scenario> with <Id>' -TestCases @(
        @{ Scenario = 'a set that is not there'; Arguments = @{ Name = 'nope' }; Id = 'FeatureSetNotFound' }
        @{ Scenario = 'a column that is not there'; Arguments = @{ Name = 'set'; Column = 'w' }; Id = 'SchemaMismatch' }
        @{ Scenario = 'an entity that is not there'; Arguments = @{ Name = 'set'; Entity = 'a' }; Id = 'SchemaMismatch' }
        @{ Scenario = 'a wrong formula'; Arguments = @{ Name = 'set'; Expression = @{ d = 'v +' } }; Id = 'ExpressionSyntax' }
        @{ Scenario = 'an instant before the first version'; Arguments = @{ Name = 'set'; AsOf = '2000-01-01' }; Id = 'FeatureSetNotFound' }
    ) {
        $thrown = { Get-Feature @Arguments -ErrorAction Stop } | Should -Throw -PassThru

        $thrown.FullyQualifiedErrorId | Should -BeLike "$Id,*"
    }
}
