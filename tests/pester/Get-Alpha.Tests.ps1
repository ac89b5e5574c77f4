Describe 'Get-Alpha' {
    BeforeAll {
        . (Join-Path $PSScriptRoot 'common.ps1')
        Register-Alpha momentum -Metric @{ sharpe = 1.2; turnover = 0.1 } -Parameter @{ n = 20 } -Tag fx, 'desk=london' -Stage Live | Out-Null
        Register-Alpha momentum -Metric @{ sharpe = 0.4; ic_mean = 0.02 } -Parameter @{ n = 60 } -Tag fx -Description '=1+1' | Out-Null
        Register-Alpha carry -Metric @{ sharpe = -0.5; odd = [double]::NaN } -Tag rates | Out-Null
        Register-Alpha value -Tag equity | Out-Null
    }

    Context 'search' {
        It 'finds by <Scenario>' -TestCases @(
            @{ Scenario = 'nothing: all, in the order of registration'; Arguments = @{}; Expected = 'momentum v1', 'momentum v2', 'carry v1', 'value v1' }
            @{ Scenario = 'name'; Arguments = @{ Name = 'MOMENTUM' }; Expected = 'momentum v1', 'momentum v2' }
            @{ Scenario = 'wildcards'; Arguments = @{ Name = 'c*', '[v-z]*' }; Expected = 'carry v1', 'value v1' }
            @{ Scenario = 'version'; Arguments = @{ Version = 2 }; Expected = @('momentum v2') }
            @{ Scenario = 'the newest'; Arguments = @{ Latest = $true; Tag = 'fx' }; Expected = @('momentum v2') }
            @{ Scenario = 'the newest only if it matches'; Arguments = @{ Latest = $true; Stage = 'Live' }; Expected = @() }
            @{ Scenario = 'all of the tags'; Arguments = @{ Tag = 'FX', 'desk=london' }; Expected = @('momentum v1') }
            @{ Scenario = 'any of the tags'; Arguments = @{ AnyTag = 'rates', 'equity' }; Expected = 'carry v1', 'value v1' }
            @{ Scenario = 'none of the tags'; Arguments = @{ ExcludeTag = 'fx', 'rates' }; Expected = @('value v1') }
            @{ Scenario = 'a bound, inclusive'; Arguments = @{ MinMetric = 'sharpe=0.4' }; Expected = 'momentum v1', 'momentum v2' }
            @{ Scenario = 'two bounds'; Arguments = @{ MinMetric = 'sharpe=0', 'ic_mean=0.01' }; Expected = @('momentum v2') }
            @{ Scenario = 'a table of bounds'; Arguments = @{ MaxMetric = @{ sharpe = 0 } }; Expected = @('carry v1') }
            @{ Scenario = 'NaN: never'; Arguments = @{ MinMetric = 'odd=-Infinity' }; Expected = @() }
            @{ Scenario = 'parameter'; Arguments = @{ Parameter = @{ n = 20.0 } }; Expected = @('momentum v1') }
            @{ Scenario = 'the future: none'; Arguments = @{ Since = '2999-01-01' }; Expected = @() }
            @{ Scenario = 'the whole of today'; Arguments = @{ Until = [datetime]::UtcNow.ToString('yyyy-MM-dd'); Name = 'carry' }; Expected = @('carry v1') }
            @{ Scenario = 'a pattern that matches none'; Arguments = @{ Name = 'x*' }; Expected = @() }
        ) {
            @(Get-Alpha @Arguments).ForEach({ "$_" }) | Should -Be $Expected
        }

        It 'filters by <Filter>' -TestCases @(
            @{ Filter = "sharpe >= 0.4 and (tag = 'fx' or tag = 'rates') and not stage = 'Live'"; Expected = @('momentum v2') }
            @{ Filter = "param.n > 10 and name like 'mom*' and created >= '2026-01-01'"; Expected = 'momentum v1', 'momentum v2' }
            @{ Filter = "tag = 'rates' or tag = 'fx' and sharpe < 1"; Expected = 'momentum v2', 'carry v1' }
            @{ Filter = "tag in ('RATES', 'equity')"; Expected = 'carry v1', 'value v1' }
            @{ Filter = "tag not in ('fx')"; Expected = 'carry v1', 'value v1' }
            @{ Filter = 'tag = "desk=london"'; Expected = @('momentum v1') }
            @{ Filter = 'sharpe is missing'; Expected = @('value v1') }
            @{ Filter = 'not sharpe > 1'; Expected = 'momentum v2', 'carry v1', 'value v1' }
            @{ Filter = 'odd is missing'; Expected = 'momentum v1', 'momentum v2', 'carry v1', 'value v1' }
            @{ Filter = "param.n = '20'"; Expected = @() }
            @{ Filter = "stage >= 'candidate'"; Expected = @('momentum v1') }
            @{ Filter = "latest = true and tag = 'fx'"; Expected = @('momentum v2') }
            @{ Filter = "description like '=*'"; Expected = @('momentum v2') }
            @{ Filter = "description like '*'"; Expected = @('momentum v2') }
            @{ Filter = "description < 'z'"; Expected = @('momentum v2') }
            @{ Filter = "description = '' and tag = 'fx'"; Expected = @('momentum v1') }
            @{ Filter = "name = ''' or 1 = 1 --'"; Expected = @() }
        ) {
            @(Get-Alpha -Filter $Filter).ForEach({ "$_" }) | Should -Be $Expected
        }

        It 'finds nothing when nothing comes through the pipeline' {
            @() | Get-Alpha | Should -BeNullOrEmpty
            Get-Alpha -Tag nosuch | Get-Alpha -Latest | Should -BeNullOrEmpty
            $null | Get-Alpha -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
            @('carry', 'value' | Get-Alpha).ForEach({ "$_" }) | Should -Be 'carry v1', 'value v1'
        }

        It 'finds just the version that comes through the pipeline' {
            @(Get-Alpha momentum -Version 1 | Get-Alpha).ForEach({ "$_" }) | Should -Be 'momentum v1'
            @(Get-Alpha -SortBy sharpe | Get-Alpha -MinMetric sharpe=0).ForEach({ "$_" }) | Should -Be 'momentum v1', 'momentum v2'
            @(@(Get-Alpha momentum -Version 2) + 'carry' | Get-Alpha).ForEach({ "$_" }) | Should -Be 'momentum v2', 'carry v1'
            @(Get-Alpha carry | Get-Alpha -Version 1).ForEach({ "$_" }) | Should -Be 'carry v1'

            [pscustomobject]@{ Name = 'carry'; Version = 7 } | Get-Alpha -ErrorVariable failed -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
            $failed.FullyQualifiedErrorId | Should -BeLike 'AlphaNotFound,*'
        }

        It 'refuses a -<Name> that is null, which a forgotten variable is' -TestCases @(
            @{ Name = 'Tag' }, @{ Name = 'AnyTag' }, @{ Name = 'ExcludeTag' }, @{ Name = 'Stage' }
        ) {
            $arguments = @{ $Name = $null }
            $thrown = { Get-Alpha @arguments } | Should -Throw -PassThru
            Get-AlphaExitCode $thrown | Should -Be 2

            if ($Name -ne 'Stage') {
                $arguments = @{ $Name = 'fx', $null }
                { Get-Alpha @arguments } | Should -Throw "*'$Name'*null*"
            }
        }

        It 'sorts by <SortBy>, as filters call it, too' -TestCases @(
            @{ SortBy = 'created'; First = 'momentum v1' }
            @{ SortBy = 'metric.sharpe'; First = 'carry v1' }
            @{ SortBy = 'description'; First = 'momentum v2' }
        ) {
            "$((Get-Alpha -SortBy $SortBy)[0])" | Should -Be $First
        }

        It 'filters by days' {
            $today = [datetime]::UtcNow.ToString('yyyy-MM-dd')

            (Get-Alpha -Filter "created <= '$today' and created > '2026-01-01'").Count | Should -Be 4
            Get-Alpha -Filter "created > '$today'" | Should -BeNullOrEmpty
        }

        It 'combines a filter with the other parameters, an order and a page' {
            $found = Get-Alpha -Tag fx -Filter 'sharpe > 0' -SortBy sharpe -First 1 -IncludeTotalCount

            "$found" | Should -Be 'Total count: 2 momentum v2'
        }

        It 'sorts by <SortBy> <Way>' -TestCases @(
            @{ SortBy = 'sharpe'; Way = 'up'; Expected = 'carry v1', 'momentum v2', 'momentum v1', 'value v1' }
            @{ SortBy = 'sharpe'; Way = 'down'; Expected = 'momentum v1', 'momentum v2', 'carry v1', 'value v1' }
            @{ SortBy = 'Name'; Way = 'up'; Expected = 'carry v1', 'momentum v1', 'momentum v2', 'value v1' }
        ) {
            $found = Get-Alpha -SortBy $SortBy -Descending:($Way -eq 'down')

            $found.ForEach({ "$_" }) | Should -Be $Expected
        }

        It 'pages without repeating or skipping by <Scenario>' -TestCases @(
            @{ Scenario = '-Skip and -First'; Pages = @{ First = 3 }, @{ First = 3; Skip = 3 } }
            @{ Scenario = '-Page and -PageSize'; Pages = @{ Page = 1; PageSize = 3 }, @{ Page = 2; PageSize = 3 } }
        ) {
            $found = $Pages | ForEach-Object { $page = $_; Get-Alpha -SortBy Stage @page }

            $found.Count | Should -Be 4
            ($found.ForEach({ "$_" }) | Sort-Object -Unique).Count | Should -Be 4
        }

        It 'counts all that match' {
            $found = Get-Alpha -Tag fx -First 1 -IncludeTotalCount

            $found[0] | Should -Be 2
            "$($found[1])" | Should -Be 'momentum v1'
        }

        It 'takes names from the pipeline' {
            ('carry', 'value' | Get-Alpha).Name | Should -Be 'carry', 'value'
        }

        It 'means the same in German' {
            $culture = [cultureinfo]::CurrentCulture
            try {
                [cultureinfo]::CurrentCulture = 'de-DE'
                "$(Get-Alpha -MinMetric sharpe=1.2)" | Should -Be 'momentum v1'
                "$(Get-Alpha -MinMetric @{ sharpe = 1.2 })" | Should -Be 'momentum v1'
                "$(Get-Alpha -Filter 'sharpe = 1.2')" | Should -Be 'momentum v1'
            }
            finally {
                [cultureinfo]::CurrentCulture = $culture
            }
        }
    }

    Context 'objects' {
        It 'have each metric of the result as a member' {
            $found = Get-Alpha

            ($found | Where-Object sharpe -gt 0.3 | Sort-Object sharpe).ForEach({ "$_" }) | Should -Be 'momentum v2', 'momentum v1'
            $found[3].psobject.Properties.Name | Should -Contain 'ic_mean'
            $found[3].ic_mean | Should -BeNullOrEmpty
        }

        It 'give a column a metric and tags in one cell to Export-Csv' {
            $file = Join-Path $TestDrive 'fx.csv'
            Get-Alpha -Tag fx -MinMetric sharpe=0 | Export-Csv $file

            $rows = @(Import-Csv $file)
            $rows.Count | Should -Be 2
            $rows[0].psobject.Properties.Name[0..1] | Should -Be 'Name', 'Version'
            $rows[0].Tags | Should -Be 'desk=london;fx'
            'sharpe', 'turnover', 'ic_mean' | ForEach-Object { $rows[0].psobject.Properties.Name | Should -Contain $_ }
            $rows[0].psobject.Properties.Name | Should -Not -Contain 'odd'
            Get-Content -Raw $file | Should -Not -Match 'AlphaFactory\.Core'
        }

        It 'show no type name in <View>' -TestCases @(
            @{ View = 'a table'; Show = { Get-Alpha | Out-String -Width 100 } }
            @{ View = 'a list'; Show = { Get-Alpha | Format-List | Out-String } }
            @{ View = 'JSON'; Show = { Get-Alpha | ConvertTo-Json } }
        ) {
            $text = & $Show

            $text | Should -Not -Match 'AlphaFactory\.Core|System\.'
            $text | Should -Match 'desk=london'
        }

        It 'show the same <View> when they come from another process' -TestCases @(
            @{ View = 'table'; Show = { $input | Out-String -Width 100 } }
            @{ View = 'list'; Show = { $input | Format-List | Out-String -Width 200 } }
        ) {
            $there = [Management.Automation.PSSerializer]::Serialize((Get-Alpha carry, momentum), 3)
            $here = [Management.Automation.PSSerializer]::Deserialize($there)

            ($here | & $Show) | Should -BeExactly (Get-Alpha carry, momentum | & $Show)
        }

        It 'stop the search with Select-Object -First' {
            (Get-Alpha | Select-Object -First 1).Name | Should -Be 'momentum'
            (Get-Alpha).Count | Should -Be 4
        }
    }

    Context 'errors' {
        It 'says which name does not exist and which is near, and goes on' {
            $found = Get-Alpha momentun, carry -ErrorAction SilentlyContinue -ErrorVariable errors

            "$found" | Should -Be 'carry v1'
            $errors[0].FullyQualifiedErrorId | Should -BeLike 'AlphaNotFound,*'
            "$($errors[0])" | Should -BeLike "*'momentun'*Did you mean 'momentum'?*"
            Get-AlphaExitCode $errors[0] | Should -Be 5
        }

        It 'refuses <Scenario> when it binds' -TestCases @(
            @{ Scenario = 'a bound without a number'; Arguments = @{ MinMetric = 'sharpe' }; Told = 'sharpe=1.2,ic_mean=0.02' }
            @{ Scenario = 'a decimal comma'; Arguments = @{ MinMetric = 'sharpe=1,2' }; Told = 'with a point' }
            @{ Scenario = 'NaN as a bound'; Arguments = @{ MaxMetric = @{ sharpe = [double]::NaN } }; Told = 'NaN' }
            @{ Scenario = 'a date that is none'; Arguments = @{ Since = 'yesterday' }; Told = '2015-01-31' }
            @{ Scenario = 'page 0'; Arguments = @{ Page = 0 }; Told = 'Page' }
            @{ Scenario = 'two ways to page'; Arguments = @{ Page = 1; First = 2 }; Told = 'not both' }
        ) {
            $thrown = { Get-Alpha @Arguments } | Should -Throw -PassThru

            Get-AlphaExitCode $thrown | Should -Be 2
            "$thrown" | Should -BeLike "*$Told*"
        }

        It 'shows where a filter is wrong' {
            $thrown = { Get-Alpha -Filter "sharpe > 1 adn tag = 'fx'" } | Should -Throw -PassThru

            $thrown.FullyQualifiedErrorId | Should -BeLike 'FilterSyntax,*'
            Get-AlphaExitCode $thrown | Should -Be 2
            "$thrown" | Should -Be "Filter, column 12: unexpected 'adn'; expected 'and', 'or' or the end. Did you mean 'and'?`n  sharpe > 1 adn tag = 'fx'`n             ^"
        }

        It 'warns of a metric that no alpha has' {
            Get-Alpha -Filter 'shrpe > 1' -WarningVariable warned -WarningAction SilentlyContinue | Should -BeNullOrEmpty

            "$warned" | Should -BeLike "*'shrpe'*Did you mean 'sharpe'``?"
        }

        It 'says where it looked for a store' {
            $nowhere = Join-Path $TestDrive 'nowhere'
            $thrown = { Get-Alpha -Store $nowhere } | Should -Throw -PassThru

            Get-AlphaExitCode $thrown | Should -Be 5
            "$thrown" | Should -BeLike "*$nowhere*"
            Test-Path $nowhere | Should -BeFalse
        }
    }

    Context 'exit code' {
        It 'is <Code> of pwsh -Command after <Scenario>' -TestCases @(
            @{ Scenario = 'an unknown name'; Script = 'Get-Alpha nosuch'; Code = 1 }
            @{ Scenario = 'success'; Script = 'Get-Alpha carry'; Code = 0 }
        ) {
            (Invoke-Pwsh $Script).ExitCode | Should -Be $Code
        }

        It 'is <Code> of pwsh -File after <Scenario>, with Get-AlphaExitCode' -TestCases @(
            @{ Scenario = 'an unknown name'; Script = 'Get-Alpha nosuch'; Code = 5 }
            @{ Scenario = 'a bad bound'; Script = 'Get-Alpha -MinMetric sharpe'; Code = 2 }
            @{ Scenario = 'a store that is not there'; Script = 'Get-Alpha -Store ./nowhere'; Code = 5 }
            @{ Scenario = 'success'; Script = 'Get-Alpha carry'; Code = 0 }
        ) {
            $idiom = "`$ErrorActionPreference = 'Stop'`ntry { $Script } catch { Write-Host `$_; exit (Get-AlphaExitCode `$_) }"

            (Invoke-Pwsh $idiom -AsFile).ExitCode | Should -Be $Code
        }
    }

    Context 'completion' {
        It 'completes <Line>' -TestCases @(
            @{ Line = 'Get-Alpha mo'; Expected = 'momentum' }
            @{ Line = 'Get-Alpha -Tag desk'; Expected = 'desk=london' }
            @{ Line = 'Get-Alpha -MinMetric sh'; Expected = 'sharpe=' }
            @{ Line = 'Get-Alpha -SortBy Cre'; Expected = 'CreatedAt' }
            @{ Line = 'Get-Alpha -Stage Re'; Expected = 'Research' }
            @{ Line = "Get-Alpha -Filter 'sh"; Expected = "'sharpe" }
            @{ Line = 'Get-Alpha -Filter "sharpe > 1 and ta'; Expected = '"sharpe > 1 and tag' }
            @{ Line = 'Get-Alpha -Filter "sharpe '; Expected = '"sharpe >=' }
            @{ Line = "Get-Alpha -Filter `"tag = 'de"; Expected = "`"tag = 'desk=london'" }
            @{ Line = "Get-Alpha -Filter 'tag = ''de"; Expected = "'tag = ''desk=london''" }
            @{ Line = 'Get-Alpha -Filter "not param.'; Expected = '"not param.n' }
            @{ Line = "Get-Alpha -Filter `"stage in ('Live', 'Ret"; Expected = "`"stage in ('Live', 'Retired'" }
            @{ Line = 'Set-Alpha mo'; Expected = 'momentum' }
            @{ Line = 'Unregister-Alpha c'; Expected = 'carry' }
            @{ Line = 'Set-Alpha carry -RemoveTag ra'; Expected = 'rates' }
        ) {
            (TabExpansion2 $Line $Line.Length).CompletionMatches.CompletionText | Should -Contain $Expected
        }
    }
}
