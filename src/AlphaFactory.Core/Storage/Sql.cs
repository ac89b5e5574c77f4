using System.Globalization;
using Microsoft.Data.Sqlite;

namespace AlphaFactory.Core.Storage;

/// <summary>The little that every statement needs. Values are always bound, never pasted.</summary>
internal static class Sql
{
    /// <summary>Makes a command whose parameters are named <c>$1</c>, <c>$2</c>… in the order given.</summary>
    public static SqliteCommand Command(
        this SqliteConnection connection,
        string sql,
        params ReadOnlySpan<object?> values
    )
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters.AddWithValue(
                "$" + (i + 1).ToString(CultureInfo.InvariantCulture),
                values[i] ?? DBNull.Value
            );
        }

        return command;
    }

    /// <summary>Runs a statement and gives the number of rows it changed.</summary>
    public static int Execute(
        this SqliteConnection connection,
        string sql,
        params ReadOnlySpan<object?> values
    )
    {
        using var command = connection.Command(sql, values);
        return command.ExecuteNonQuery();
    }

    /// <summary>Gives the first column of the first row, or null.</summary>
    public static object? Scalar(
        this SqliteConnection connection,
        string sql,
        params ReadOnlySpan<object?> values
    )
    {
        using var command = connection.Command(sql, values);
        return command.ExecuteScalar() is { } value and not DBNull ? value : null;
    }

    /// <summary>Gives every row, read by <paramref name="read"/>.</summary>
    public static List<T> Query<T>(
        this SqliteConnection connection,
        Func<SqliteDataReader, T> read,
        string sql,
        params ReadOnlySpan<object?> values
    )
    {
        using var command = connection.Command(sql, values);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    /// <summary>A time as the database keeps it: microseconds since 1970, UTC.</summary>
    public static long ToMicroseconds(DateTime time) =>
        (UtcDate.FromDateTime(time) - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>The time of microseconds since 1970.</summary>
    public static DateTime FromMicroseconds(long microseconds) =>
        DateTime.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);
}
