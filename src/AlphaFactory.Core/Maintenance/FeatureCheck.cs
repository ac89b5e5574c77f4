using System.Text.Json;
using AlphaFactory.Core.Features;
using AlphaFactory.Core.Provenance;
using AlphaFactory.Core.Storage;

namespace AlphaFactory.Core.Maintenance;

/// <summary>Whether a version of a feature set is as it was written, to the bit.</summary>
internal static class FeatureCheck
{
    private const StoreFindingKind Wrong = StoreFindingKind.ManifestWrong;

    /// <summary>Reads every byte of the version.</summary>
    public static IEnumerable<StoreFinding> Run(FeatureSet set, OperationContext context)
    {
        if (!Directory.Exists(set.Path))
        {
            return
            [
                StoreFinding.Damage(
                    StoreFindingKind.FolderMissing,
                    set.Path,
                    $"The folder of feature set '{set.Name}' version {set.Version} is not there."
                ),
            ];
        }

        var file = Path.Combine(set.Path, FeatureManifest.FileName);
        if (!File.Exists(file))
        {
            return
            [
                StoreFinding.Damage(
                    StoreFindingKind.FileMissing,
                    file,
                    $"Feature set '{set.Name}' version {set.Version} has no manifest."
                ),
            ];
        }

        return Read(file) is { } manifest
            ? Against(set, manifest, file).Concat(Files(set, manifest, context))
            : [StoreFinding.Damage(Wrong, file, "The manifest is not as it was written.")];
    }

    /// <summary>The manifest of a version, or null when it is not one.</summary>
    public static FeatureManifest? Read(string file)
    {
        try
        {
            return FeatureManifest.Read(file);
        }
        catch (Exception error) when (error is JsonException or FileNotFoundException)
        {
            return null;
        }
    }

    private static IEnumerable<StoreFinding> Against(FeatureSet set, FeatureManifest manifest, string file)
    {
        var groups = manifest.Files.SelectMany(part => part.RowGroups).Sum(group => group.Rows);
        (string What, object? Manifest, object? Other)[] pairs =
        [
            ("content hash", manifest.ContentHash, set.ContentHash),
            ("rows", manifest.Rows, set.Rows),
            ("rows", manifest.Rows, groups),
            ("entities", manifest.Entities, set.Entities),
            ("first time", manifest.From, set.From),
            ("last time", manifest.To, set.To),
        ];
        return pairs
            .Where(pair => !Equals(pair.Manifest, pair.Other))
            .Select(pair =>
                StoreFinding.Damage(
                    Wrong,
                    file,
                    FormattableString.Invariant(
                        $"The manifest says '{pair.Manifest}' for {pair.What}, and the store '{pair.Other}'."
                    )
                )
            );
    }

    private static IEnumerable<StoreFinding> Files(
        FeatureSet set,
        FeatureManifest manifest,
        OperationContext context
    )
    {
        foreach (var part in manifest.Files)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            if (FileCheck.Run(Path.Combine(set.Path, part.Name), part.Sha256, part.Size) is { } finding)
            {
                yield return finding;
            }
        }

        if (
            manifest.Quarantine is { } rows
            && FileCheck.Run(Path.Combine(set.Path, rows.Name), rows.Sha256, rows.Size) is { } quarantine
        )
        {
            yield return quarantine;
        }

        var known = manifest
            .Files.Select(part => part.Name)
            .Append(FeatureManifest.FileName)
            .Append(manifest.Quarantine?.Name ?? "")
            .ToHashSet(StringComparer.Ordinal);
        foreach (var path in FileCheck.Unknown(set.Path, known))
        {
            yield return new StoreFinding(
                StoreFindingKind.FileUnknown,
                StoreFindingSeverity.Warning,
                path,
                "The manifest does not name this file.",
                "Move it elsewhere.",
                Repairable: false
            );
        }
    }
}

/// <summary>Whether a file is as it was written.</summary>
internal static class FileCheck
{
    /// <summary>Compares a file with its hash, and its size if that is known; null when it is as it was.</summary>
    public static StoreFinding? Run(string path, string sha256, long? size = null)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            return StoreFinding.Damage(StoreFindingKind.FileMissing, path, "The file is not there.");
        }

        if (size is { } bytes && file.Length != bytes)
        {
            return StoreFinding.Damage(
                StoreFindingKind.FileDamaged,
                path,
                FormattableString.Invariant($"The file has {file.Length} bytes, and {bytes} were written.")
            );
        }

        return ContentHash.OfFile(path) == sha256
            ? null
            : StoreFinding.Damage(
                StoreFindingKind.FileDamaged,
                path,
                "The file's SHA-256 is not the one that was recorded: its content has changed."
            );
    }

    /// <summary>The files of a folder that are neither named nor temporary.</summary>
    public static IEnumerable<string> Unknown(string folder, HashSet<string> known) =>
        Directory
            .EnumerateFiles(folder)
            .Where(path => !known.Contains(Path.GetFileName(path)) && !AtomicFile.IsTemporary(path))
            .Order(StringComparer.Ordinal);
}
