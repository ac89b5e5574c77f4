using AlphaFactory.Core.Experiments;
using AlphaFactory.Core.Expressions;
using AlphaFactory.Core.Risk;

namespace AlphaFactory.Core.Tests.Experiments;

public sealed class LookAheadTestTests
{
    private static readonly Panel Sample = new(
        ["a", "b"],
        [.. Enumerable.Range(0, 10).Select(Lab.Day)],
        [KeyValuePair.Create("close", Enumerable.Range(0, 20).Select(i => (double)(i % 7)).ToArray())]
    );

    [Fact]
    public void A_signal_of_the_past_passes() => Assert.Null(Find(panel => panel.Column("close").ToArray()));

    [Fact]
    public void A_signal_of_the_next_bar_is_found()
    {
        var found = Find(panel =>
        {
            var signal = new double[panel.EntityCount * panel.Bars];
            for (var entity = 0; entity < panel.EntityCount; entity++)
            {
                var series = panel.Series("close", entity);
                for (var bar = 0; bar < panel.Bars; bar++)
                {
                    signal[entity * panel.Bars + bar] = bar + 1 < panel.Bars ? series[bar + 1] : double.NaN;
                }
            }

            return signal;
        });
        Assert.NotNull(found);
        Assert.Equal("a", found.Entity);
        Assert.Equal(Lab.Day(8), found.Time);
        Assert.Equal(2, found.After);
        Assert.True(double.IsNaN(found.Before));
    }

    [Fact]
    public void A_signal_scaled_by_the_whole_sample_is_found() =>
        Assert.NotNull(
            Find(panel =>
            {
                var total = panel.Column("close").ToArray().Sum();
                return [.. panel.Column("close").ToArray().Select(value => value / total)];
            })
        );

    private static SignalChange? Find(Func<Panel, double[]> evaluate) =>
        LookAheadTest.Find(Sample, evaluate(Sample), evaluate);
}
