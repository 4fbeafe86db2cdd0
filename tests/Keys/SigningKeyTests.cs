using System.Reflection;
using OfflineLicense.Keys;
using Xunit;

namespace OfflineLicense.Tests.Keys;

public sealed class SigningKeyTests
{
    private static readonly byte[] s_seed = Enumerable.Range(0, 32).Select(i => (byte)i).ToArray();

    [Fact]
    public void Nobody_can_set_the_public_key_that_signing_uses()
    {
        // Signing with another public key than the seed's gives the seed away, so no way in may exist: no constructor
        // or method takes one, no field can be written after construction.
        var type = typeof(SigningKey);
        const BindingFlags Everything = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
        Assert.Empty(type.GetConstructors());
        Assert.All(type.GetProperties(Everything), property => Assert.False(property.CanWrite));
        Assert.True(type.GetField("_derivedPublicKey", Everything)!.IsInitOnly);
        Assert.True(type.GetField("_seed", Everything)!.IsInitOnly);
        var parameters = type.GetConstructors(Everything).Cast<MethodBase>().Concat(type.GetMethods(Everything))
            .Where(method => method.DeclaringType == type).SelectMany(method => method.GetParameters());
        Assert.DoesNotContain(parameters, parameter =>
            parameter.Name!.Contains("public", StringComparison.OrdinalIgnoreCase) || parameter.ParameterType == typeof(VerifierKey));
    }

    [Fact]
    public void The_same_text_always_gets_the_same_signature()
    {
        using var key = SigningKey.Import("vendor", s_seed);
        using var again = SigningKey.Import("vendor", s_seed);
        Assert.Equal(key.Sign("text"u8), again.Sign("text"u8));
        Assert.True(key.VerifierKey.Verify("text"u8, key.Sign("text"u8)));
    }

    [Fact]
    public void A_new_key_is_new_every_time()
    {
        using var one = SigningKey.Generate("vendor");
        using var other = SigningKey.Generate("vendor");
        Assert.NotEqual(one.VerifierKey, other.VerifierKey);
    }

    [Fact]
    public void A_disposed_key_has_forgotten_its_seed_and_signs_nothing()
    {
        var key = SigningKey.Import("vendor", s_seed);
        var held = (byte[])typeof(SigningKey).GetField("_seed", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(key)!;
        key.Dispose();
        Assert.Equal(new byte[32], held);
        Assert.Throws<ObjectDisposedException>(() => key.Sign("text"u8));
        Assert.Throws<ObjectDisposedException>(() => key.ExportSeed());
        Assert.Throws<ObjectDisposedException>(() => key.WithName("other"));
        Assert.Equal("vendor", key.VerifierKey.Name);
    }

    [Fact]
    public void A_key_under_another_name_outlives_the_first()
    {
        var first = SigningKey.Import("first", s_seed);
        using var second = first.WithName("second");
        first.Dispose();
        Assert.Equal("second", second.VerifierKey.Name);
        Assert.Equal(s_seed, second.ExportSeed());
        Assert.True(second.VerifierKey.Verify("text"u8, second.Sign("text"u8)));
    }

    [Fact]
    public void Printing_a_key_never_prints_the_secret()
    {
        using var key = SigningKey.Import("vendor", s_seed);
        Assert.Equal(key.VerifierKey.ToString(), key.ToString());
    }

    [Fact]
    public void A_seed_of_another_length_is_refused()
    {
        foreach (var length in (int[])[0, 31, 33, 64])
            Assert.Throws<ArgumentException>(() => SigningKey.Import("vendor", new byte[length]));
    }
}
