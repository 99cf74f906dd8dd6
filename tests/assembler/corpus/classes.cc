struct Error { int code; };
template <class T> struct Array {
    T *items;
    int count;
    T &at(int i) { if (i >= count) throw Error{i}; return items[i]; }
    virtual ~Array() {}
    virtual T first(T other);
};
template <class T> T Array<T>::first(T other) { static T kept = at(0); return kept + other; }
inline int counted(int step) { static int count; return count += step; }
struct Base { virtual int value() = 0; virtual ~Base(); };
Base::~Base() {}
struct Derived : Base { int value() override { return counted(3); } };
extern thread_local int theirs;
thread_local int mine = 5;
int use(Base *base)
{
    try {
        Array<int> array{};
        Derived derived;
        return array.at(2) + base->value() + counted(1) + derived.value() + array.first(mine + theirs);
    } catch (Error &error) {
        return error.code;
    } catch (...) {
        return 1;
    }
}
Array<long> global;
