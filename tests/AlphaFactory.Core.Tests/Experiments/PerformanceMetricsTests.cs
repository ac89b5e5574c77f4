using AlphaFactory.Core.Experiments;

namespace AlphaFactory.Core.Tests.Experiments;

/// <summary>Metrics worked by hand; tests/reference holds them to another language on real prices.</summary>
public sealed class PerformanceMetricsTests
{
    [Fact]
    public void Metrics_of_four_returns_are_those_worked_by_hand()
    {
        // Mean 0.0125; squares of the distances sum to 0.011875.
        var metrics = Of([0.1, -0.05, 0, 0], [1, 0.5, 0, 0.5]);
        Near(0.045, metrics["total_return"]);
        Near(1.045 - 1, metrics["cagr"]);
        var deviation = Math.Sqrt(0.011875 / 3);
        Near(deviation * 2, metrics["volatility"]);
        Near(0.0125 / deviation * 2, metrics["sharpe"]);
        Near(0.0125 / 0.025 * 2, metrics["sortino"]);
        Near(-0.05, metrics["max_drawdown"]);
        Near(0.9, metrics["calmar"]);
        Near(-0.05 + 0.15 * 0.05, metrics["var_95"]);
        Near(-0.05, metrics["cvar_95"]);
        Near(0.5, metrics["hit_rate"]);
        Near(0.5, metrics["turnover"]);
        Assert.Equal(4, metrics["observations"]);
    }

    [Fact]
    public void A_loss_at_the_start_counts_against_the_starting_capital() =>
        Near(-0.2, Of([-0.2, 0.1, 0.1], [1, 0, 0])["max_drawdown"]);

    [Fact]
    public void Metrics_without_risk_or_trades_are_not_numbers()
    {
        var metrics = Of([0, 0, 0], [0, 0, 0]);
        Assert.Equal(0, metrics["total_return"]);
        Assert.Equal(0, metrics["volatility"]);
        foreach (var name in new[] { "sharpe", "sortino", "calmar", "skew", "kurtosis", "hit_rate", "psr" })
        {
            Assert.True(double.IsNaN(metrics[name]), name);
        }
    }

    [Fact]
    public void A_constant_return_has_no_sharpe_ratio_by_rounding() =>
        Assert.True(double.IsNaN(Of([.. Enumerable.Repeat(0.001, 997)], new double[997])["sharpe"]));

    [Fact]
    public void Capital_that_is_lost_stays_lost()
    {
        var metrics = Of([0.5, -1.2, 0.5], [1, 0, 0]);
        Assert.Equal(-1, metrics["total_return"]);
        Assert.Equal(-1, metrics["cagr"]);
        Assert.Equal(-1, metrics["max_drawdown"]);
    }

    [Fact]
    public void One_return_has_a_total_and_no_deviation()
    {
        var metrics = Of([0.1], [1]);
        Near(0.1, metrics["total_return"]);
        Near(0.1, metrics["cvar_95"]);
        Assert.True(double.IsNaN(metrics["volatility"]));
    }

    private static MetricValues Of(double[] returns, double[] turnover) =>
        PerformanceMetrics.Compute(new BacktestResult(returns, turnover), 4);

    private static void Near(double expected, double actual) => Assert.Equal(expected, actual, 1e-14);
}
