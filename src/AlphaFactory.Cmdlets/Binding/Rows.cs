using System.Collections;
using System.Data;
using System.Management.Automation;
using AlphaFactory.Core.Features;

namespace AlphaFactory.Cmdlets.Binding;

/// <summary>Makes rows of the objects that users pipe, and objects of the rows that they get.</summary>
internal static class Rows
{
    /// <summary>The names and values of an object: its properties, the entries of a table, the columns of a data row.</summary>
    public static IEnumerable<KeyValuePair<string, object?>> Fields(PSObject item) =>
        item.BaseObject switch
        {
            IDictionary table => Tables.Entries(table),
            DataRow row => row
                .Table.Columns.Cast<DataColumn>()
                .Select(column => KeyValuePair.Create(column.ColumnName, (object?)row[column])),
            DataRowView view => Fields(new PSObject(view.Row)),
            string or ValueType => [],
            _ => item.Properties.Where(property => property.IsGettable).Select(Field),
        };

    /// <summary>An object with a property a column.</summary>
    public static PSObject Shape(FeatureRow row)
    {
        var shaped = new PSObject();
        for (var i = 0; i < row.Columns.Count; i++)
        {
            shaped.Properties.Add(new PSNoteProperty(row.Columns[i], row.Values[i]), preValidated: true);
        }

        return shaped;
    }

    private static KeyValuePair<string, object?> Field(PSPropertyInfo property) =>
        KeyValuePair.Create(property.Name, Tables.Unwrap(property.Value));
}
