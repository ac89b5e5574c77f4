using System.Globalization;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Crash;

/// <summary>
/// One process among others that use a store, or one that is killed. What it has made durable it says on its
/// standard output, a line each.
/// </summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        try
        {
            return arguments switch
            {
                ["work", var store, var outbox, var seed] => Worker.Run(store, outbox, Number(seed)),
                ["register", var store, var count, var names, var seed] => Crowd.Register(
                    store,
                    Number(count),
                    Number(names),
                    Number(seed)
                ),
                ["append", var store, var folder, var count, var seed] => Batches.Append(
                    store,
                    folder,
                    Number(count),
                    Number(seed),
                    expected: false
                ),
                ["compete", var store, var folder, var count, var seed] => Batches.Append(
                    store,
                    folder,
                    Number(count),
                    Number(seed),
                    expected: true
                ),
                ["search", var store] => Crowd.Search(store),
                ["backup", var store, var folder] => Crowd.Backup(store, folder),
                ["grid", var store, var set] => Grid.Run(store, set, resume: false),
                ["grid", var store, var set, "resume"] => Grid.Run(store, set, resume: true),
                _ => Refuse(),
            };
        }
#pragma warning disable CA1031 // Whatever it is, the test that started this process wants to read it.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Console.Error.WriteLine(error);
            return 1;
        }
    }

    /// <summary>Says something, at once.</summary>
    public static void Say(params object[] words)
    {
        Console.Out.WriteLine(
            string.Join('\t', words.Select(word => Convert.ToString(word, CultureInfo.InvariantCulture)))
        );
        Console.Out.Flush();
    }

    /// <summary>Waits until somebody has made the store.</summary>
    public static AlphaStore Await(string path)
    {
        SpinWait.SpinUntil(() => AlphaStore.Exists(path));
        return AlphaStore.Open(path);
    }

    private static int Refuse()
    {
        Console.Error.WriteLine(
            "Say work, register, append, compete, search, backup or grid, and what they need."
        );
        return 2;
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
