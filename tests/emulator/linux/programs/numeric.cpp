// Random engines, complex numbers, valarrays and float with double mixed.
#include <complex>
#include <iostream>
#include <numeric>
#include <random>
#include <valarray>
int main() { std::mt19937 g(5); std::uniform_int_distribution<int> d(1, 6); std::normal_distribution<double> n; long s = 0; double m = 0; for (int i = 0; i < 2000; i++) s += d(g), m += n(g); std::complex<double> z(1, 2); std::valarray<float> v{1, 2, 3}; v *= 1.5f; std::cout.precision(15);
    std::cout << s << ' ' << m << ' ' << std::exp(z) << ' ' << v.sum() << ' ' << std::gcd(84, 36) << ' ' << std::abs(z) << '\n'; float f = 0; double w = 0; for (int i = 1; i < 3000; i++) f += 1.0f / i, w += f * 0.5; std::cout << f << ' ' << w << '\n'; }
