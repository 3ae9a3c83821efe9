package dev.portfire.devices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class RateLimiterTest {
  private final FakeTimers timers = new FakeTimers();
  private int opened;

  private TokenBucket bucket(long size, long burst, long millis) {
    return new TokenBucket(size, burst, millis, timers.nanoTime());
  }

  private RateLimiter limiter(TokenBucket bandwidth, @Nullable TokenBucket operations) {
    RateLimiter limiter = new RateLimiter(timers, bandwidth, operations);
    limiter.onOpened(() -> opened++);
    return limiter;
  }

  @Test
  void withoutBucketsEverythingIsGranted() {
    RateLimiter limiter = RateLimiter.unlimited(timers);
    for (int i = 0; i < 1000; i++) {
      assertThat(limiter.admit(Long.MAX_VALUE)).isTrue();
    }
  }

  @Test
  void aRefusalClosesItForATenthOfASecond() {
    RateLimiter limiter = limiter(bucket(1000, 0, 1000), null);
    assertThat(limiter.admit(1000)).isTrue();
    assertThat(limiter.admit(1)).isFalse();
    timers.advanceMillis(99);
    assertThat(limiter.admit(1)).as("enough tokens by now, but closed").isFalse();
    assertThat(opened).isZero();
    timers.advanceMillis(1);
    assertThat(opened).isEqualTo(1);
    assertThat(limiter.admit(100)).isTrue();
    assertThat(limiter.admit(1)).isFalse();
  }

  @Test
  void theBurstIsUsedUpFirstAndOnce() {
    RateLimiter limiter = limiter(bucket(100, 50, 1000), null);
    assertThat(limiter.admit(150)).isTrue();
    assertThat(limiter.admit(1)).isFalse();
    timers.advanceMillis(1000);
    assertThat(limiter.admit(100)).isTrue();
    assertThat(limiter.admit(1)).isFalse();
  }

  @Test
  void moreThanTheBucketHoldsIsGrantedAndPaidForAfterwards() {
    RateLimiter limiter = limiter(bucket(100, 0, 1000), null);
    assertThat(limiter.admit(300)).isTrue();
    assertThat(limiter.admit(1)).isFalse();
    timers.advanceMillis(1999);
    assertThat(opened).isZero();
    timers.advanceMillis(1);
    assertThat(opened).isEqualTo(1);
    assertThat(limiter.admit(100)).isTrue();
  }

  @Test
  void refusedBytesGiveTheOperationBack() {
    RateLimiter limiter = limiter(bucket(10, 0, 1_000_000), bucket(2, 0, 1_000_000));
    assertThat(limiter.admit(10)).isTrue();
    assertThat(limiter.admit(5)).isFalse();
    timers.advanceMillis(100);
    assertThat(limiter.admit(0)).as("there is an operation left").isTrue();
    assertThat(limiter.admit(0)).isFalse();
  }

  @Test
  void whatWasNotDoneIsGivenBack() {
    RateLimiter limiter = limiter(bucket(10, 0, 1_000_000), bucket(1, 0, 1_000_000));
    for (int i = 0; i < 20; i++) {
      assertThat(limiter.admit(10)).isTrue();
      limiter.putBack(10);
    }
  }

  @Test
  void theLongTermRateIsTheBuckets() {
    RateLimiter limiter = limiter(bucket(1000, 0, 100), null);
    long granted = 0;
    for (int milli = 0; milli < 10_000; milli++) {
      timers.advanceMillis(1);
      while (limiter.admit(7)) {
        granted += 7;
      }
    }
    assertThat(granted).isBetween(90_000L, 101_000L);
  }

  @Test
  void anUpdateChangesWhatItNames() {
    RateLimiter limiter = limiter(bucket(10, 0, 1_000_000), bucket(1, 0, 1_000_000));
    assertThat(limiter.admit(10)).isTrue();
    limiter.update(RateLimiter.Update.KEEP, new RateLimiter.Update(true, null));
    assertThat(limiter.admit(0)).isTrue();
    assertThat(limiter.admit(1)).isFalse();
    timers.advanceMillis(100);
    limiter.update(new RateLimiter.Update(true, bucket(5, 0, 1000)), RateLimiter.Update.KEEP);
    assertThat(limiter.admit(5)).isTrue();
    assertThat(limiter.admit(1)).isFalse();
  }

  @Test
  void impossibleBucketsLimitNothing() {
    assertThat(TokenBucket.possible(0, 1)).isFalse();
    assertThat(TokenBucket.possible(1, 0)).isFalse();
    assertThat(TokenBucket.possible(1, Long.MAX_VALUE)).isFalse();
    assertThat(TokenBucket.possible(Long.MAX_VALUE, 1000)).isTrue();
    assertThatThrownBy(() -> bucket(0, 0, 1)).isInstanceOf(IllegalArgumentException.class);
    RateLimiter huge = limiter(bucket(Long.MAX_VALUE, 0, 1000), null);
    assertThat(huge.admit(Long.MAX_VALUE)).isTrue();
    timers.advanceMillis(500);
    assertThat(huge.admit(Long.MAX_VALUE / 4)).isTrue();
  }

  @Nested
  class Snapshot extends SnapshotTest<Snapshotable<RateLimiter.State>, RateLimiter.State> {
    /** The limiter with the name of the contract. */
    private final class Wrapped implements Snapshotable<RateLimiter.State> {
      private final RateLimiter limiter = limiter(bucket(100, 10, 1000), bucket(5, 0, 1000));

      @Override
      public RateLimiter.State save() {
        return limiter.save();
      }

      @Override
      public void restore(RateLimiter.State state) {
        limiter.restore(state);
      }
    }

    @Override
    protected Snapshotable<RateLimiter.State> fresh() {
      return new Wrapped();
    }

    @Override
    protected void disturb(Snapshotable<RateLimiter.State> device) {
      assertThat(((Wrapped) device).limiter.admit(77)).isTrue();
    }

    @Override
    protected void disturbAgain(Snapshotable<RateLimiter.State> device) {
      assertThat(((Wrapped) device).limiter.admit(3)).isTrue();
    }
  }
}
