using System.Collections;
using System.Globalization;
using AlphaFactory.Core.Expressions;

namespace AlphaFactory.Core.Experiments;

/// <summary>
/// Reads what a script gives: one row a bar, in the order of the bars. A row is a number for each entity in the
/// panel's order, a table from entities to numbers (one that is not in it is missing), or with one entity the number
/// itself. Null and NaN are missing, and so is what is infinite; true is 1 and false 0.
/// </summary>
internal static class SignalRows
{
    /// <summary>Lays rows out entity by entity.</summary>
    /// <param name="rows">What the script gave.</param>
    /// <param name="panel">What it saw.</param>
    /// <param name="script">Its name, for messages.</param>
    /// <exception cref="AlphaFactoryException"><see cref="ErrorId.SpecInvalid"/>: a row is wrong, and which.</exception>
    public static double[] Read(IReadOnlyList<object?> rows, Panel panel, string script)
    {
        if (rows.Count != panel.Bars)
        {
            var remedy =
                rows.Count == (long)panel.Bars * panel.EntityCount && panel.EntityCount > 1
                    ? "PowerShell takes arrays apart: give each row with a comma before it, ,$row."
                    : "Give $null for a bar without a signal, and send nothing else to the output.";
            throw Invalid(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"'{script}' gave {rows.Count} rows for {panel.Bars} bars. "
                ) + remedy
            );
        }

        var signal = new double[panel.EntityCount * panel.Bars];
        Array.Fill(signal, double.NaN);
        for (var bar = 0; bar < rows.Count; bar++)
        {
            Read(rows[bar], bar, panel, script, signal);
        }

        return signal;
    }

    private static void Read(object? row, int bar, Panel panel, string script, double[] signal)
    {
        switch (row)
        {
            case null:
                break;
            case IDictionary table:
                foreach (DictionaryEntry entry in table)
                {
                    var name = Convert.ToString(entry.Key, CultureInfo.InvariantCulture) ?? "";
                    var entity = IndexOf(panel.Entities, name);
                    signal[entity * panel.Bars + bar] =
                        entity >= 0
                            ? Number(entry.Value, bar, script)
                            : throw At(
                                script,
                                bar,
                                $"it has a signal for '{name}', which is no entity.{Nearest.Hint(name, panel.Entities)}"
                            );
                }

                break;
            case IList list when list.Count == panel.EntityCount:
                for (var entity = 0; entity < list.Count; entity++)
                {
                    signal[entity * panel.Bars + bar] = Number(list[entity], bar, script);
                }

                break;
            case IList list:
                throw At(
                    script,
                    bar,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"it has {list.Count} signals for {panel.EntityCount} entities."
                    )
                );
            default:
                signal[bar] =
                    panel.EntityCount == 1
                        ? Number(row, bar, script)
                        : throw At(
                            script,
                            bar,
                            string.Create(
                                CultureInfo.InvariantCulture,
                                $"it is '{row}' alone, and there are {panel.EntityCount} entities: give a number for each, or a table."
                            )
                        );
                break;
        }
    }

    private static int IndexOf(IReadOnlyList<string> entities, string name)
    {
        for (var i = 0; i < entities.Count; i++)
        {
            if (entities[i] == name)
            {
                return i;
            }
        }

        return -1;
    }

    private static double Number(object? value, int bar, string script)
    {
        var number = value switch
        {
            null => double.NaN,
            bool flag => flag ? 1 : 0,
            sbyte or byte or short or ushort or int or uint or long or ulong or float or double or decimal =>
                Convert.ToDouble(value, CultureInfo.InvariantCulture),
            _ => throw At(script, bar, $"it has '{value}', which is not a number."),
        };
        return double.IsFinite(number) ? number : double.NaN;
    }

    private static AlphaFactoryException At(string script, int bar, string what) =>
        Invalid(
            string.Create(CultureInfo.InvariantCulture, $"Row {bar + 1} of '{script}' is no row of signals: ")
                + what
        );

    private static AlphaFactoryException Invalid(string message) => new(ErrorId.SpecInvalid, message);
}
