namespace AlphaFactory.Core.Experiments;

/// <summary>What a run had earned at one bar.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Name">Its experiment's name.</param>
/// <param name="Time">The bar, UTC.</param>
/// <param name="Return">The net return of the bar; null at the first one of the window, which has none.</param>
/// <param name="Equity">The capital after the bar, of 1 at the start.</param>
/// <param name="Drawdown">The capital against its highest so far, less 1: 0 or below.</param>
/// <param name="Turnover">The turnover <c>Σ|w_t − w_{t−1}|</c> of the bar; null at the first one.</param>
public sealed record EquityPoint(
    string RunId,
    string Name,
    DateTime Time,
    double? Return,
    double Equity,
    double Drawdown,
    double? Turnover
);
