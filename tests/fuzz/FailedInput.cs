using System.Globalization;

namespace OfflineLicense.Fuzz;

/// <summary>Keeps an input that a reader failed at, for a test to be made of it.</summary>
internal static class FailedInput
{
    /// <summary>Writes the input into the folder of the run.</summary>
    /// <returns>What happened, and how it is made to happen again.</returns>
    internal static string Save(FuzzOptions options, long index, Input input, string failure)
    {
        Directory.CreateDirectory(options.Folder);
        var file = Path.Combine(options.Folder, string.Create(CultureInfo.InvariantCulture, $"{options.Seed}-{index}.{input.Kind}"));
        File.WriteAllBytes(file, input.File);

        // Books remember what came before, so the block is read from its first input on.
        var from = index / Run.BlockInputs * Run.BlockInputs;
        return string.Create(CultureInfo.InvariantCulture,
            $"error: input {index} of seed {options.Seed}, {input.Kind}: {failure}\nhint: it is in {file}; again: --seed {options.Seed} --from {from} --count {index - from + 1}");
    }
}
