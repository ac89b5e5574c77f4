using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Reflection;
using AlphaFactory.Core;

namespace AlphaFactory.Cmdlets.Binding;

/// <summary>
/// Sets a command's parameters from a table, or from a file with one: what is typed as well wins. Keys are the names
/// of parameters, without case.
/// </summary>
internal static class SpecTable
{
    /// <summary>Sets the parameters that are not bound.</summary>
    /// <param name="command">The command.</param>
    /// <param name="bound">The parameters that were typed.</param>
    /// <param name="spec">A table, or the path of a JSON or .psd1 file.</param>
    /// <param name="fullPath">Makes a full path of one as typed.</param>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.SpecInvalid"/>: a key is no parameter, a value does not fit, or the file does not read;
    /// <see cref="ErrorId.PathNotFound"/>.
    /// </exception>
    public static void Apply(
        Cmdlet command,
        IReadOnlyDictionary<string, object> bound,
        object spec,
        Func<string, string> fullPath
    )
    {
        var (table, folder) = Tables.Unwrap(spec) switch
        {
            IDictionary given => (given, null),
            string path when fullPath(path) is var file => (SpecFile.Read(file), Path.GetDirectoryName(file)),
            var other => throw Invalid(
                $"-Spec is '{other}': give a table, or the path of a JSON or .psd1 file."
            ),
        };
        var parameters = command
            .GetType()
            .GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(property =>
                property.Name != "Spec" && property.GetCustomAttributes<ParameterAttribute>().Any()
            )
            .ToDictionary(property => property.Name, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in Tables.Entries(table))
        {
            if (!parameters.TryGetValue(name, out var property))
            {
                throw Invalid(
                    $"-Spec has '{name}', which is no parameter of Invoke-Experiment.{Nearest.Hint(name, parameters.Keys)}"
                );
            }

            if (!bound.ContainsKey(property.Name) && value is not null)
            {
                property.SetValue(command, Value(property, value, folder));
            }
        }

        foreach (var needed in new[] { "Name", "FeatureSet" })
        {
            if (parameters[needed].GetValue(command) is not string { Length: > 0 })
            {
                throw Invalid($"-Spec has no {needed}, which every experiment needs.");
            }
        }
    }

    private static object? Value(PropertyInfo property, object value, string? folder)
    {
        try
        {
            foreach (var transformation in property.GetCustomAttributes<ArgumentTransformationAttribute>())
            {
                value = transformation.Transform(null, value);
            }

            var read = LanguagePrimitives.ConvertTo(
                value,
                property.PropertyType,
                CultureInfo.InvariantCulture
            );
            var range = property.GetCustomAttribute<ValidateRangeAttribute>();
            if (
                range is not null
                && read is int number
                && (number < (int)range.MinRange || number > (int)range.MaxRange)
            )
            {
                throw new PSInvalidCastException($"use {range.MinRange} to {range.MaxRange}.");
            }

            // A script that a file names is beside the file.
            return property.Name == "ScriptPath" && folder is not null && read is string path
                ? Path.GetFullPath(path, folder)
                : read;
        }
        catch (Exception error)
            when (error is PSInvalidCastException or ArgumentTransformationMetadataException)
        {
            throw new AlphaFactoryException(
                ErrorId.SpecInvalid,
                $"-Spec has the {property.Name} '{value}', which does not fit: {error.Message}",
                error
            );
        }
    }

    private static AlphaFactoryException Invalid(string message) => new(ErrorId.SpecInvalid, message);
}
