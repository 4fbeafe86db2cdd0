using OfflineLicense.Verifier.Formats;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Formats;

public sealed class UlidTests
{
    [Fact]
    public void The_published_example_comes_out()
    {
        // github.com/ulid/spec: 1469918176385 ms is 01ARYZ6S41.
        var ulid = Ulid.Of(DateTimeOffset.FromUnixTimeMilliseconds(1469918176385), new byte[10]);
        Assert.Equal("01ARYZ6S410000000000000000", ulid);
    }

    [Fact]
    public void All_bits_set_is_the_greatest_one()
    {
        var greatest = DateTimeOffset.FromUnixTimeMilliseconds((1L << 47) - 1);
        Assert.Equal("3ZZZZZZZZZZZZZZZZZZZZZZZZZ", Ulid.Of(greatest, [255, 255, 255, 255, 255, 255, 255, 255, 255, 255]));
    }

    [Fact]
    public void A_new_one_is_one_and_no_two_are_the_same()
    {
        var (first, second) = (Ulid.New(TimeProvider.System), Ulid.New(TimeProvider.System));
        Assert.True(Ulid.IsUlid(first));
        Assert.NotEqual(first, second);
    }

    [Theory]
    [InlineData("01ARYZ6S41000000000000000")]
    [InlineData("01ARYZ6S4100000000000000000")]
    [InlineData("01aryz6s410000000000000000")]
    [InlineData("81ARYZ6S410000000000000000")]
    [InlineData("01ARYZ6S41000000000000000I")]
    [InlineData("01ARYZ6S41000000000000000L")]
    [InlineData("01ARYZ6S41000000000000000O")]
    [InlineData("01ARYZ6S41000000000000000U")]
    [InlineData("01ARYZ6S41000000000000000é")]
    [InlineData("")]
    public void Another_spelling_is_none(string text) => Assert.False(Ulid.IsUlid(text));
}
