Describe 'Join-Feature' {
    BeforeAll {
        . (Join-Path $PSScriptRoot 'common.ps1')
        $file = Join-Path $TestDrive 'rows.csv'
        Set-Content -LiteralPath $file -Value 'time,entity,v,known', '2020-01-01,A,1,2020-01-02', '2020-01-01,A,2,2020-02-01',
            '2020-01-20,A,4,2020-01-21'
        Import-Feature set $file -Time time -Entity entity -KnownAt known
    }

    It 'gives <Expected> on <At>' -TestCases @(
        @{ At = '2019-12-31'; Expected = $null }
        @{ At = '2020-01-01'; Expected = $null }
        @{ At = '2020-01-02'; Expected = 1 }
        @{ At = '2020-01-20'; Expected = 1 }
        @{ At = '2020-01-21'; Expected = 4 }
    ) {
        $row = [pscustomobject]@{ at = $At; who = 'A' } | Join-Feature -Time at -Entity who -With set

        $row.v | Should -Be $Expected
    }

    It 'takes rows of an age that -Tolerance allows' {
        $spine = [pscustomobject]@{ at = '2020-01-10'; who = 'A' }

        ($spine | Join-Feature -Time at -Entity who -With set -Tolerance 9.00:00:00).v | Should -Be 1
        ($spine | Join-Feature -Time at -Entity who -With set -Tolerance 8.00:00:00).v | Should -BeNullOrEmpty
    }

    It 'takes a set as the spine' {
        [pscustomobject]@{ time = '2020-03-01'; entity = 'A'; x = 7 } | Import-Feature spine -Time time -Entity entity

        $row = Join-Feature spine -With set
        $row.x, $row.v | Should -Be 7, 4
    }

    It 'refuses <Scenario> with <Id>' -TestCases @(
        @{ Scenario = 'a set that is not there'; Arguments = @{ Spine = 'set'; With = 'nope' }; Id = 'FeatureSetNotFound' }
        @{ Scenario = 'a negative tolerance'; Arguments = @{ Spine = 'set'; With = 'set'; Tolerance = [timespan]-1 }; Id = 'SpecInvalid' }
    ) {
        $thrown = { Join-Feature @Arguments -ErrorAction Stop } | Should -Throw -PassThru

        $thrown.FullyQualifiedErrorId | Should -BeLike "$Id,*"
    }
}
