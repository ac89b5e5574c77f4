namespace AlphaFactory.Core.Registry;

public sealed partial record Alpha : IComparable<Alpha>, IComparable
{
    /// <summary>Whether the other alpha says the same.</summary>
    public bool Equals(Alpha? other) => other is not null && Differences(other).Count == 0;

    /// <inheritdoc/>
    public override int GetHashCode() =>
        HashCode.Combine(StringComparer.OrdinalIgnoreCase.GetHashCode(Name), Version, Metrics, CreatedAt);

    /// <summary>The names of the properties in which the other alpha differs, in the order of this type.</summary>
    public IReadOnlyList<string> Differences(Alpha other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var differences = new List<string>();
        void Compare<T>(string property, T mine, T others)
        {
            if (!EqualityComparer<T>.Default.Equals(mine, others))
            {
                differences.Add(property);
            }
        }

        if (!Name.Equals(other.Name, StringComparison.OrdinalIgnoreCase))
        {
            differences.Add(nameof(Name));
        }

        Compare(nameof(Version), Version, other.Version);
        Compare(nameof(Stage), Stage, other.Stage);
        Compare(nameof(Tags), Tags, other.Tags);
        Compare(nameof(Metrics), Metrics, other.Metrics);
        Compare(nameof(Parameters), Parameters, other.Parameters);
        Compare(nameof(Description), Description, other.Description);
        Compare(nameof(Author), Author, other.Author);
        Compare(nameof(CreatedAt), CreatedAt, other.CreatedAt);
        Compare(nameof(RunId), RunId, other.RunId);
        Compare(nameof(FeatureSet), FeatureSet, other.FeatureSet);
        Compare(nameof(FeatureVersion), FeatureVersion, other.FeatureVersion);
        Compare(nameof(CodeHash), CodeHash, other.CodeHash);
        Compare(nameof(DataHash), DataHash, other.DataHash);
        Compare(nameof(Seed), Seed, other.Seed);
        Compare(nameof(GitCommit), GitCommit, other.GitCommit);
        Compare(nameof(GitDirty), GitDirty, other.GitDirty);
        Compare(nameof(ModuleVersion), ModuleVersion, other.ModuleVersion);
        Compare(nameof(User), User, other.User);
        Compare(nameof(Machine), Machine, other.Machine);
        return differences;
    }

    /// <summary>Sorts by name, then version; what is left when the contents differ is arbitrary but total.</summary>
    public int CompareTo(Alpha? other)
    {
        if (other is null)
        {
            return 1;
        }

        var order = StringComparer.OrdinalIgnoreCase.Compare(Name, other.Name);
        order = order != 0 ? order : Version.CompareTo(other.Version);
        return order != 0 ? order
            : Equals(other) ? 0
            : string.CompareOrdinal(AlphaJson.Text(this), AlphaJson.Text(other)) < 0 ? -1
            : 1;
    }

    int IComparable.CompareTo(object? obj) =>
        obj is null or Alpha
            ? CompareTo(obj as Alpha)
            : throw new ArgumentException($"An alpha cannot be compared with '{obj}'.", nameof(obj));

    /// <summary>Whether the first sorts before the second.</summary>
    public static bool operator <(Alpha? left, Alpha? right) =>
        left is null ? right is not null : left.CompareTo(right) < 0;

    /// <summary>Whether the first sorts before the second or is equal to it.</summary>
    public static bool operator <=(Alpha? left, Alpha? right) => !(left > right);

    /// <summary>Whether the first sorts after the second.</summary>
    public static bool operator >(Alpha? left, Alpha? right) => right < left;

    /// <summary>Whether the first sorts after the second or is equal to it.</summary>
    public static bool operator >=(Alpha? left, Alpha? right) => !(left < right);
}
