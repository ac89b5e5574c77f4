namespace AlphaFactory.Core.Storage;

/// <summary>Writes a file that a user names, outside the store: it appears whole or not at all.</summary>
internal static class ExportFile
{
    /// <summary>Writes the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="noClobber">Whether a file that is there is an error.</param>
    /// <param name="force">Whether to replace a read-only file.</param>
    /// <param name="write">Writes the content; when it throws, what was there stays.</param>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.DiskFull"/>, <see cref="ErrorId.StoreReadOnly"/>, or <see cref="ErrorId.FileExists"/>: the
    /// path is a folder's, or the file is there and may not be replaced.
    /// </exception>
    public static void Write(string path, bool noClobber, bool force, Action<Stream> write)
    {
        RequireReplaceable(path, noClobber, force);
        try
        {
            AtomicFile.Write(path, write, overwrite: !noClobber);
        }
        catch (IOException) when (noClobber && File.Exists(path))
        {
            throw Exists(path);
        }
        catch (IOException error)
        {
            throw new AlphaFactoryException(
                ErrorId.StoreReadOnly,
                $"'{path}' cannot be written: {error.Message} Close what has it open, or choose another file.",
                error
            )
            {
                Target = path,
            };
        }
    }

    private static void RequireReplaceable(string path, bool noClobber, bool force)
    {
        if (Directory.Exists(path))
        {
            throw new AlphaFactoryException(
                ErrorId.FileExists,
                $"'{path}' is a folder. Name a file to write to."
            )
            {
                Target = path,
            };
        }

        if (!File.Exists(path))
        {
            return;
        }

        if (noClobber)
        {
            throw Exists(path);
        }

        if (File.GetAttributes(path).HasFlag(FileAttributes.ReadOnly))
        {
            if (!force)
            {
                throw new AlphaFactoryException(
                    ErrorId.StoreReadOnly,
                    $"'{path}' is read-only. Use -Force to replace it, or choose another file."
                )
                {
                    Target = path,
                };
            }

            File.SetAttributes(path, File.GetAttributes(path) & ~FileAttributes.ReadOnly);
        }
    }

    private static AlphaFactoryException Exists(string path) =>
        new(
            ErrorId.FileExists,
            $"'{path}' is there already, and -NoClobber says not to replace it. Choose another file or leave it out."
        )
        {
            Target = path,
        };
}
