Describe 'Register-Alpha' {
    BeforeAll { . (Join-Path $PSScriptRoot 'common.ps1') }

    Context 'by hand' {
        It 'gives each registration of a name the next version' {
            $first = Register-Alpha Mom -Metric @{ sharpe = 1.5 } -Tag fx
            $second = Register-Alpha mom -Metric @{ sharpe = 1.6 }

            $first.Version | Should -Be 1
            $second.Version | Should -Be 2
            $second.Name | Should -BeExactly 'Mom'
        }

        It 'keeps <Scenario>' -TestCases @(
            @{ Scenario = 'a whole number'; Value = 20; Expected = 'Int64' }
            @{ Scenario = 'a number'; Value = 20.5; Expected = 'Double' }
            @{ Scenario = 'true and false'; Value = $true; Expected = 'Boolean' }
            @{ Scenario = 'text'; Value = '20'; Expected = 'String' }
            @{ Scenario = 'a date'; Value = [datetime]::SpecifyKind('2015-01-02', 'Utc'); Expected = 'DateTime' }
        ) {
            $alpha = Register-Alpha typed -Parameter @{ p = $Value }

            $alpha.Parameters.p.GetType().Name | Should -Be $Expected
            $alpha.Parameters.p | Should -Be $Value
            (Get-Alpha typed -Latest).Parameters.p | Should -Be $Value
        }

        It 'keeps NaN and infinity' {
            Register-Alpha odd -Metric @{ a = [double]::NaN; b = [double]::NegativeInfinity } | Out-Null

            $found = Get-Alpha odd
            [double]::IsNaN($found.a) | Should -BeTrue
            $found.b | Should -Be ([double]::NegativeInfinity)
        }

        It 'hashes the code' {
            $file = Join-Path $TestDrive 'code.ps1'
            Set-Content -LiteralPath $file -Value 'abc' -NoNewline

            $alpha = Register-Alpha coded -CodePath $file

            $alpha.CodeHash | Should -Be (Get-FileHash $file).Hash.ToLowerInvariant()
        }

        It 'sets stage, description and author' {
            $alpha = Register-Alpha full -Stage Live -Description 'a; "b"' -Author ann

            "$($alpha.Stage)|$($alpha.Description)|$($alpha.Author)" | Should -BeExactly 'Live|a; "b"|ann'
        }

        It 'writes nothing with -WhatIf' {
            Register-Alpha ghost -WhatIf | Should -BeNullOrEmpty

            Get-Alpha ghost* | Should -BeNullOrEmpty
        }
    }

    Context 'from the pipeline' {
        It 'takes objects by property name and gives them back in order' {
            $alphas = 1..25 | ForEach-Object {
                [pscustomobject]@{ Name = 'piped'; Metric = @{ sharpe = $_ }; Tag = 'a;b' }
            } | Register-Alpha

            $alphas.Version | Should -Be (1..25)
            $alphas.sharpe | Should -Be (1..25)
            $alphas[0].Tags | Should -Be 'a', 'b'
        }

        It 'takes tables that come from JSON' {
            $alpha = '{"Name":"json","Metrics":{"sharpe":1.5},"Parameters":{"n":20}}' | ConvertFrom-Json | Register-Alpha

            $alpha.sharpe | Should -Be 1.5
            $alpha.Parameters.n | Should -Be 20
        }

        It 'warns once of numbers that it does not take' {
            $rows = "Name,sharpe,Version`nloose1,1.5,3`nloose2,0.5,4" | ConvertFrom-Csv

            $rows | Register-Alpha -WarningVariable warned -WarningAction SilentlyContinue | Should -HaveCount 2

            "$warned" | Should -BeLike "*'sharpe' is not registered*Import-Alpha*"
            "$warned" | Should -Not -BeLike '*Version*'
            $warned.Count | Should -Be 1
            @{ Name = 'tight'; Metric = @{ sharpe = 1 }; Rank = 5 }.ForEach({ [pscustomobject] $_ }) | Register-Alpha -WarningVariable warned | Out-Null
            $warned | Should -BeNullOrEmpty
        }

        It 'goes on after a bad item' {
            $errors = $null
            $alphas = 'good', '../bad', 'CON', 'better' |
                ForEach-Object { [pscustomobject]@{ Name = $_ } } |
                Register-Alpha -ErrorAction SilentlyContinue -ErrorVariable errors

            $alphas.Name | Should -Be 'good', 'better'
            $errors.FullyQualifiedErrorId | Should -Be (@('NameInvalid,AlphaFactory.Cmdlets.Commands.RegisterAlphaCommand') * 2)
        }

        It 'gives what another process sees at once' {
            $seen = [pscustomobject]@{ Name = 'durable' } | Register-Alpha | ForEach-Object { Get-Alpha $_.Name }

            $seen.Name | Should -Be 'durable'
        }
    }

    Context 'errors' {
        It 'refuses <Scenario> with <Id>' -TestCases @(
            @{ Scenario = 'a name with a slash'; Arguments = @{ Name = 'a/b' }; Id = 'NameInvalid' }
            @{ Scenario = 'a tag with NUL'; Arguments = @{ Name = 'a'; Tag = "a`0" }; Id = 'NameInvalid' }
            @{ Scenario = 'a metric named like a property'; Arguments = @{ Name = 'a'; Metric = @{ Stage = 1 } }; Id = 'NameInvalid' }
            @{ Scenario = 'a code file that is not there'; Arguments = @{ Name = 'a'; CodePath = 'no.ps1' }; Id = 'PathNotFound' }
        ) {
            $thrown = { Register-Alpha @Arguments -ErrorAction Stop } | Should -Throw -PassThru

            $thrown.FullyQualifiedErrorId | Should -BeLike "$Id,*"
        }

        It 'refuses <Scenario> when it binds' -TestCases @(
            @{ Scenario = 'a metric that is no number'; Arguments = @{ Name = 'a'; Metric = @{ sharpe = 'x' } } }
            @{ Scenario = 'metrics that are no table'; Arguments = @{ Name = 'a'; Metric = 1 } }
            @{ Scenario = 'a parameter that is a list'; Arguments = @{ Name = 'a'; Parameter = @{ p = 1, 2 } } }
            @{ Scenario = 'an unknown stage'; Arguments = @{ Name = 'a'; Stage = 'Nowhere' } }
        ) {
            $thrown = { Register-Alpha @Arguments } | Should -Throw -PassThru

            $thrown.Exception | Should -BeOfType [System.Management.Automation.ParameterBindingException]
            Get-AlphaExitCode $thrown | Should -Be 2
        }

        It 'denies by a risk policy, and registers all the same with -Force' {
            $denied = { Register-Alpha hot -Metric @{ sharpe = 9 } -RiskPolicy default -ErrorAction Stop } |
                Should -Throw -PassThru

            Get-AlphaExitCode $denied | Should -Be 3
            "$denied" | Should -BeLike '*FIT_SHARPE_IMPLAUSIBLE*'
            Get-Alpha hot* | Should -BeNullOrEmpty

            $forced = Register-Alpha hot -Metric @{ sharpe = 9 } -RiskPolicy default -Force -WarningVariable warned -WarningAction SilentlyContinue
            $forced.Version | Should -Be 1
            "$warned" | Should -BeLike '*FIT_SHARPE_IMPLAUSIBLE*'
        }
    }

    Context 'from a run' {
        BeforeAll {
            $prices = [IO.Path]::Combine($PSScriptRoot, '..', '..', 'docs', 'examples', 'data', 'sp500-2000.csv')
            Import-Feature -Name sp500 -Path $prices -Time date | Out-Null
            $runs = Invoke-Experiment trend sp500 'close - sma(close, $n)' -Grid @{ n = 50, 100 } -WarningAction SilentlyContinue
        }

        It 'takes runs by pipeline and by argument, with all that they bring' {
            foreach ($alphas in @($runs | Register-Alpha), @(Register-Alpha -Run $runs)) {
                $alphas.Name | Should -Be 'trend', 'trend'
                $alphas.RunId | Should -Be $runs.RunId
                $alphas.CodeHash | Should -Be $runs.CodeHash
                $alphas.sharpe | Should -Be $runs.sharpe
                $alphas[0].trials | Should -Be 2
            }
        }

        It 'names them otherwise on request, and lets values that are typed win' {
            ($runs[0] | Register-Alpha best -Tag fx).RunId | Should -Be $runs[0].RunId
            $typed = $runs[0] | Register-Alpha -Metric @{ sharpe = 7 }
            $typed.RunId | Should -BeNullOrEmpty
            $typed.sharpe | Should -Be 7
        }
    }

    Context 'exit code' {
        It 'is <Code> of pwsh -File after <Scenario>' -TestCases @(
            @{ Scenario = 'a bad name'; Script = "Register-Alpha '../x'"; Code = 2 }
            @{ Scenario = 'a bad value'; Script = 'Register-Alpha x -Metric @{ a = "b" }'; Code = 2 }
            @{ Scenario = 'success'; Script = 'Register-Alpha filed'; Code = 0 }
        ) {
            $idiom = "`$ErrorActionPreference = 'Stop'`ntry { $Script } catch { Write-Host `$_; exit (Get-AlphaExitCode `$_) }"

            (Invoke-Pwsh $idiom -AsFile).ExitCode | Should -Be $Code
        }
    }
}
