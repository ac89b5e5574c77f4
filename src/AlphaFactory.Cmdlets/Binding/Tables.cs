using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace AlphaFactory.Cmdlets.Binding;

/// <summary>Reads the tables that users pass: any dictionary, a plain hashtable in ordinal key order, or an object.</summary>
internal static class Tables
{
    /// <summary>The entries of a table, unwrapped; an <c>[ordered]</c> one keeps its own order.</summary>
    public static IEnumerable<KeyValuePair<string, object?>> Entries(IDictionary table)
    {
        var entries = new List<KeyValuePair<string, object?>>(table.Count);
        // By its own enumerator: that of a generic dictionary's IEnumerable gives something else.
        var each = table.GetEnumerator();
        while (each.MoveNext())
        {
            var key = Convert.ToString(Unwrap(each.Key), CultureInfo.InvariantCulture) ?? "";
            entries.Add(KeyValuePair.Create(key, Unwrap(each.Value)));
        }

        return table is Hashtable ? entries.OrderBy(entry => entry.Key, StringComparer.Ordinal) : entries;
    }

    /// <summary>
    /// The table that a value is: a dictionary, or an object without a type of its own, as <c>ConvertFrom-Json</c>
    /// makes them. Null when it is neither.
    /// </summary>
    public static IEnumerable<KeyValuePair<string, object?>>? Of(object? value) =>
        value switch
        {
            PSObject { BaseObject: PSCustomObject } plain => plain.Properties.Select(property =>
                KeyValuePair.Create(property.Name, Unwrap(property.Value))
            ),
            _ => Unwrap(value) is IDictionary table ? Entries(table) : null,
        };

    /// <summary>The .NET object behind what PowerShell passes.</summary>
    public static object? Unwrap(object? value) => value is PSObject shaped ? shaped.BaseObject : value;

    /// <summary>The number that a value is, or that its text is in the invariant culture.</summary>
    public static bool TryNumber(object? value, out double number)
    {
        switch (value)
        {
            case sbyte
            or byte
            or short
            or ushort
            or int
            or uint
            or long
            or ulong
            or float
            or double
            or decimal:
                number = Convert.ToDouble(value, CultureInfo.InvariantCulture);
                return true;
            case string text:
                return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);
            default:
                number = double.NaN;
                return false;
        }
    }
}
