using System.Text;

namespace OfflineLicense.Verifier.Command;

/// <summary>Asks for a secret on the process's terminal, without echo.</summary>
internal static class SecretPrompt
{
    /// <summary>Prompts on standard error and reads to the end of the line; backspace works, and control characters are no part of it.</summary>
    public static string Ask(string prompt)
    {
        Console.Error.Write(prompt);
        var secret = new StringBuilder();
        while (Console.ReadKey(intercept: true) is var key && key.Key != ConsoleKey.Enter)
        {
            if (key.Key == ConsoleKey.Backspace)
                secret.Length -= Math.Min(1, secret.Length);
            else if (!char.IsControl(key.KeyChar))
                secret.Append(key.KeyChar);
        }

        Console.Error.WriteLine();
        return secret.ToString();
    }
}
